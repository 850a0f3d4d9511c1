import type { Clock } from '../model/index.ts';
import type { Credentials } from './signature/verify.ts';
import type { JobBehaviour } from './workmail/job.ts';
import type { SandboxMailbox } from './workmail/mailbox.ts';

export interface SandboxOptions {
  /** Port on 127.0.0.1; 0, the default, takes a free one. */
  readonly port?: number;
  /** Default `us-east-1`. */
  readonly region?: string;
  /** Twelve digits. */
  readonly accountId?: string;
  /** Default `test` / `test`. */
  readonly credentials?: Credentials;
  /** Default `m-` and 32 times `0`-`f` in order. */
  readonly organizationId?: string;
  readonly domain?: string;
  /** The bucket there is at the start. */
  readonly bucket?: string;
  /** The id of the key there is at the start. */
  readonly keyId?: string;
  /** Default one mailbox of 200 generated messages. */
  readonly mailboxes?: readonly SandboxMailbox[];
  readonly jobs?: Partial<JobBehaviour>;
  readonly clock?: Clock;
  /** Octets for keys, nonces and ids. Default the machine's. */
  readonly random?: (size: number) => Uint8Array;
  /** Folder below which the private directory of objects is made. Default the machine's temporary folder. */
  readonly directory?: string;
}

export const DEFAULT_ACCOUNT = '123456789012';
export const DEFAULT_KEY_ID = '11111111-2222-3333-4444-555555555555';
export const DEFAULT_ORGANIZATION = 'm-0123456789abcdef0123456789abcdef';
export const DEFAULT_MAILBOXES: readonly SandboxMailbox[] = [
  {
    name: 'mara.lindqvist',
    displayName: 'Mara Lindqvist',
    content: { kind: 'generated', seed: 1, messages: 200, averageBytes: 20_000 },
  },
];
