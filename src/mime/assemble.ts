import {
  type Email,
  type Issue,
  issue,
  type JsonObject,
  type ParsedChild,
  type ParsedMessage,
} from '../model/index.ts';
import { bodyLists } from './body/body-lists.ts';
import { bodyPartOf } from './body/body-part.ts';
import type { Leaf } from './body/leaf.ts';
import { messageText } from './body/message-text.ts';
import { childrenOf } from './embedded/children.ts';
import { encryptionFaults } from './embedded/encryption.ts';
import { readReport } from './embedded/report.ts';
import { readSignature } from './embedded/signature.ts';
import { readMessageHeader } from './header/message-header.ts';
import type { ReadContext } from './read-context.ts';
import type { Part } from './structure/part.ts';
import { previewOf } from './text/part-text.ts';

/** A message whose parts are known. */
export interface MessageParts {
  readonly root: Part | null;
  readonly leaves: ReadonlyMap<string, Leaf>;
  /** Octets. */
  readonly size: number;
  /** The decoded octets of a leaf; null where there is no such leaf, or its octets are no longer at hand. */
  content(path: string): Buffer | null;
}

/** Makes the JMAP Email, the text, the children and the issues of a message out of its parts. */
export function assemble(parts: MessageParts, context: ReadContext): ParsedMessage {
  const { root, leaves, size } = parts;
  if (root === null) throw new TypeError('a message that was scanned has a root part');
  const { limits, counter } = context;
  const { properties, issues: headerIssues } = readMessageHeader(root.header.fields, {
    limits,
    counter,
    hint: charsetHint(root, leaves),
  });
  const bodyStructure = bodyPartOf(root, leaves);
  const lists = bodyLists(bodyStructure);
  const octetsOf = (leaf: Leaf): Buffer | null => leaf.octets ?? parts.content(leaf.part.path);
  const read = messageText(lists, leaves, octetsOf, limits);
  const attachments = [...lists.attachments, ...read.files.map((file) => file.bodyPart)];
  const children: ParsedChild[] = [];
  const childIssues: Issue[] = [];
  let report: JsonObject | null = null;
  let signer: JsonObject | null = null;
  for (const leaf of leavesInOrder(root, leaves)) {
    encryptionFaults(leaf, octetsOf, limits);
    report ??= readReport(leaf, octetsOf, context);
    signer ??= readSignature(leaf, octetsOf, limits);
    for (const child of childrenOf(leaf, octetsOf, context, childIssues)) children.push(child);
  }
  report ??= signer;
  // Written out, as the members of a part are: spreads made a seventh of what this function costs.
  const email: Email = {
    messageId: properties.messageId,
    inReplyTo: properties.inReplyTo,
    references: properties.references,
    sender: properties.sender,
    from: properties.from,
    to: properties.to,
    cc: properties.cc,
    bcc: properties.bcc,
    replyTo: properties.replyTo,
    subject: properties.subject,
    sentAt: properties.sentAt,
    headers: properties.headers,
    receivedAt: null,
    size,
    bodyStructure,
    textBody: lists.textBody,
    htmlBody: lists.htmlBody,
    attachments,
    hasAttachment: attachments.some((part) => part.disposition !== 'inline'),
    preview: previewOf(read.text),
  };
  const issues = [...headerIssues, ...partIssues(root), ...read.issues, ...childIssues];
  if (size === 0) issues.unshift(issue('MESSAGE_EMPTY', 'There are no octets.'));
  return {
    email: report === null ? email : { ...email, report },
    text: read.text,
    children,
    issues,
    content: (partId) => read.files.find((file) => file.bodyPart.partId === partId)?.octets ?? parts.content(partId),
  };
}

/** The charset the body is declared in, when it is one that raw header text might be in too. */
function charsetHint(root: Part, leaves: ReadonlyMap<string, Leaf>): string | null {
  const own = root.parameters.get('charset');
  if (own !== undefined) return own;
  for (const { part } of leaves.values()) {
    const charset = part.type.startsWith('text/') ? part.parameters.get('charset') : undefined;
    if (charset !== undefined) return charset;
  }
  return null;
}

/** Leaves in the order they stand in. The depth of parts is limited, so that recursion is. */
function* leavesInOrder(part: Part, leaves: ReadonlyMap<string, Leaf>): Generator<Leaf> {
  if (part.children !== null) {
    for (const child of part.children) yield* leavesInOrder(child, leaves);
    return;
  }
  const leaf = leaves.get(part.path);
  if (leaf !== undefined) yield leaf;
}

function partIssues(root: Part): Issue[] {
  const found: Issue[] = [];
  const visit = (part: Part): void => {
    for (const fault of part.faults.issues) found.push(fault);
    for (const child of part.children ?? []) visit(child);
  };
  visit(root);
  return found;
}
