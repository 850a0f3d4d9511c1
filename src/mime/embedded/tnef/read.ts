import { type Issue, issue } from '../../../model/index.ts';
import { readFraming } from './attribute.ts';
import { codepageKnown } from './codepage.ts';
import { TNEF_DEPTH_LIMIT } from './limits.ts';
import { MessageDraft } from './message-draft.ts';
import type { TnefMessage } from './tnef-message.ts';

/**
 * Reads a TNEF stream (MS-OXTNEF): winmail.dat or application/ms-tnef.
 * Never throws: what is damaged is said in `issues`, and what can be read of it is read.
 * Attachments' octets are views of `bytes`. Linear in the size of the stream.
 */
export function readTnef(bytes: Uint8Array): TnefMessage {
  return readLevel(bytes, 0);
}

function readLevel(bytes: Uint8Array, depth: number): TnefMessage {
  const issues: Issue[] = [];
  const framing = readFraming(bytes);
  const draft = new MessageDraft(issues);
  if (framing === null) {
    issues.push(issue('EMBEDDED_UNREADABLE', 'there is no TNEF signature and no attribute where one must be'));
    return draft.finish(() => null);
  }
  if (!framing.signatureMatches) {
    issues.push(
      issue('EMBEDDED_DAMAGED', 'the TNEF signature is wrong: the attributes after it were read all the same'),
    );
  }
  let mismatches = 0;
  for (const attribute of framing.attributes) {
    draft.add(attribute);
    if (!attribute.checksumMatches) mismatches++;
    if (attribute.truncated) issues.push(issue('PART_TRUNCATED', 'the TNEF stream ends within an attribute'));
  }
  if (mismatches > 0) {
    issues.push(
      issue('EMBEDDED_DAMAGED', `${mismatches} TNEF attribute(s) differ from their checksum: read all the same`),
    );
  }
  const trailing = framing.trailing();
  if (trailing > 0) {
    issues.push(issue('EMBEDDED_DAMAGED', `${trailing} octet(s) after the last TNEF attribute are no attribute`));
  }
  if (!codepageKnown(draft.codepage)) {
    issues.push(
      issue('CHARSET_UNKNOWN', `code page ${draft.codepage} is not known: its text was read as windows-1252`),
    );
  }
  return draft.finish((stream) => {
    if (depth + 1 < TNEF_DEPTH_LIMIT) return readLevel(stream, depth + 1);
    issues.push(issue('LIMIT_REACHED', `messages embedded deeper than ${TNEF_DEPTH_LIMIT} levels were not read`));
    return null;
  });
}
