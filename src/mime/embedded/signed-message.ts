import type { IssueCode, ParsedMessage } from '../../model/index.ts';
import type { ReadContext } from '../read-context.ts';
import { readMessage } from '../read-message.ts';
import { named } from './signature.ts';
import { readSignedData } from './smime/index.ts';

/** What came of PKCS #7 content: the message within, or why there is none. */
export interface SignedMessage {
  readonly message: ParsedMessage | null;
  readonly issue: { readonly code: IssueCode; readonly message: string } | null;
}

/** Unpacks opaque-signed or compressed S/MIME content (RFC 8551 §3.5.2, §3.6): the MIME entity in it is read as a message. */
export function readSignedMessage(octets: Buffer, context: ReadContext): SignedMessage {
  const { content, signers, certificates, kind, issues } = readSignedData(octets);
  if (kind === 'enveloped') {
    return {
      message: null,
      issue: { code: 'ENCRYPTED', message: 'The part is encrypted with S/MIME and was not read.' },
    };
  }
  // RFC 8551 §3.8: certificates alone are no message, and nothing is missing (they are named where signatures are).
  if (content === null && kind === 'signed' && signers.length === 0 && certificates.length > 0)
    return { message: null, issue: null };
  if (content === null) {
    const [first] = issues;
    const message = first?.message ?? 'The PKCS #7 content holds no message.';
    return { message: null, issue: { code: first?.code ?? 'EMBEDDED_UNREADABLE', message } };
  }
  const inner = readMessage(Buffer.from(content.buffer, content.byteOffset, content.byteLength), context);
  const report =
    kind === 'compressed'
      ? { kind: 'compressed-data', signers: [] }
      : { kind: 'signed-data', signers: named(signers), certificates: named(certificates) };
  const email = inner.email.report === undefined ? { ...inner.email, report } : inner.email;
  return { message: { ...inner, email, issues: [...issues, ...inner.issues] }, issue: null };
}
