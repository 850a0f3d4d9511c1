import type { Clock } from '../../model/index.ts';
import { type Access, notAuthorized } from '../access.ts';
import { ciphertextKeyId, type EncryptionContext, openCiphertext, sealCiphertext } from './ciphertext.ts';
import { KmsError } from './error.ts';

export type KeyState = 'Enabled' | 'Disabled' | 'PendingDeletion' | 'PendingImport' | 'Unavailable';

/** A customer managed key: symmetric, for encryption and decryption. */
export interface SandboxKey {
  readonly id: string;
  readonly arn: string;
  readonly description: string;
  readonly manager: 'CUSTOMER' | 'AWS';
  readonly created: number;
  readonly material: Uint8Array;
  state: KeyState;
  /** Milliseconds since 1970. */
  deletion: number | null;
  policy: string;
  /** `hidden`: in another account, so that a ciphertext "refers to a customer master key that does not exist". */
  visibility: 'own' | 'hidden';
  /** Actions on this key that its policy refuses (`kms:Decrypt`). */
  readonly denied: Set<string>;
  /** A condition on `kms:EncryptionContext:aws:s3:arn`: only contexts that begin so are allowed. */
  requiredContextPrefix: string | null;
}

export interface KeyStoreOptions {
  readonly region: string;
  readonly accountId: string;
  readonly clock: Clock;
  readonly access: Access;
  readonly random: (size: number) => Uint8Array;
}

/** The keys and aliases of one account and Region, and the only place that uses their material. */
export class KeyStore {
  readonly keys = new Map<string, SandboxKey>();
  /** Alias name to key id. */
  readonly aliases = new Map<string, string>();
  readonly #options: KeyStoreOptions;

  constructor(options: KeyStoreOptions) {
    this.#options = options;
  }

  create(
    fields: { description?: string; id?: string; policy?: string; manager?: SandboxKey['manager'] } = {},
  ): SandboxKey {
    const { region, accountId, random, clock } = this.#options;
    const id = fields.id ?? uuid(random(16));
    const key: SandboxKey = {
      id,
      arn: `arn:aws:kms:${region}:${accountId}:key/${id}`,
      description: fields.description ?? '',
      manager: fields.manager ?? 'CUSTOMER',
      created: clock.now(),
      material: random(32),
      state: 'Enabled',
      deletion: null,
      policy: fields.policy ?? defaultPolicy(accountId),
      visibility: 'own',
      denied: new Set(),
      requiredContextPrefix: null,
    };
    this.keys.set(id, key);
    return key;
  }

  /** The key of an id, ARN, alias name or alias ARN. Throws NotFoundException. */
  find(reference: string): SandboxKey {
    const prefix = `arn:aws:kms:${this.#options.region}:${this.#options.accountId}:`;
    const bare = reference.startsWith(prefix) ? reference.slice(prefix.length) : reference;
    if (bare.startsWith('arn:') && !/^arn:aws[a-z-]*:kms:[a-z0-9-]*:\d{12}:(key|alias)\/./.test(bare))
      throw new KmsError('NotFoundException', `Invalid arn ${bare}`);
    if (bare.startsWith('alias/')) {
      const id = this.aliases.get(bare);
      if (id === undefined) throw new KmsError('NotFoundException', `Alias ${prefix}${bare} is not found.`);
      return this.find(id);
    }
    const key = this.keys.get(bare.replace(/^key\//, ''));
    if (key !== undefined && key.deletion !== null && this.#options.clock.now() >= key.deletion)
      this.keys.delete(key.id);
    if (key === undefined || !this.keys.has(key.id)) {
      const arn = bare.startsWith('arn:') ? bare : `${prefix}key/${bare.replace(/^key\//, '')}`;
      throw new KmsError('NotFoundException', `Key '${arn}' does not exist`);
    }
    return key;
  }

  /** Whether the caller may do this with the key, by IAM and by the key's policy. Throws AccessDeniedException. */
  authorize(key: SandboxKey, action: string, context: EncryptionContext = {}): void {
    const { access } = this.#options;
    if (key.visibility === 'hidden')
      throw new KmsError(
        'AccessDeniedException',
        'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
      );
    const arn = context['aws:s3:arn'];
    const condition = key.requiredContextPrefix;
    const refusedByContext = condition !== null && arn !== undefined && !arn.startsWith(condition);
    if (access.denied.has(action) || key.denied.has(action) || refusedByContext)
      throw new KmsError('AccessDeniedException', notAuthorized(access, action, key.arn));
  }

  /** Encrypts under a key that may be used. */
  seal(key: SandboxKey, plaintext: Uint8Array, context: EncryptionContext): Buffer {
    usable(key);
    return sealCiphertext(key.id, key.material, this.#options.random(12), plaintext, context);
  }

  /** Opens a ciphertext; with `expected`, only if it is that key's. */
  open(
    blob: Uint8Array,
    context: EncryptionContext,
    action = 'kms:Decrypt',
    expected: SandboxKey | null = null,
  ): { readonly key: SandboxKey; readonly plaintext: Buffer } {
    const key = this.find(ciphertextKeyId(blob));
    this.authorize(key, action, context);
    if (expected !== null && expected.id !== key.id)
      throw new KmsError(
        'IncorrectKeyException',
        'The key ID in the request does not identify a CMK that can perform this operation.',
      );
    usable(key);
    return { key, plaintext: openCiphertext(key.material, blob, context) };
  }

  randomBytes(size: number): Uint8Array {
    return this.#options.random(size);
  }
}

function usable(key: SandboxKey): void {
  if (key.state === 'Disabled') throw new KmsError('DisabledException', `${key.arn} is disabled.`);
  if (key.state === 'PendingDeletion')
    throw new KmsError('KMSInvalidStateException', `${key.arn} is pending deletion.`);
  if (key.state !== 'Enabled') throw new KmsError('KMSInvalidStateException', `${key.arn} is in state ${key.state}.`);
}

/** A version 4 UUID (RFC 9562 §5.4) of sixteen random octets. */
export function uuid(octets: Uint8Array): string {
  const hex = Buffer.from(octets).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function defaultPolicy(accountId: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Id: 'key-default-1',
    Statement: [
      {
        Sid: 'Enable IAM User Permissions',
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${accountId}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
    ],
  });
}
