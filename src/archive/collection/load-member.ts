import { Buffer } from 'node:buffer';
import { type ByteSource, type Finding, type Issue, issue, MailproofError } from '../../model/index.ts';
import { asBuffer } from '../octets.ts';
import { type EmlxNotes, emlxLength, emlxNotes } from '../single/emlx.ts';
import { type Collection, type CollectionMember, openMember } from './collection-source.ts';
import { heldSource } from './held-source.ts';

/** A member in memory. */
export interface LoadedMember {
  readonly stored: Uint8Array;
  /** What it holds, never longer than `stored`; null where it could not be decrypted. */
  readonly content: Uint8Array | null;
  /** Octets before and behind the message within `content`: an `.emlx` has a length line and a property list. */
  readonly message: readonly [start: number, end: number];
  /** What an `.emlx` says of its message. */
  readonly notes: EmlxNotes;
  readonly issues: readonly Issue[];
  readonly findings: readonly Finding[];
}

/** What is wrong with one object and not with the keys of whoever reads: the other members are read all the same. */
const ABOUT_THE_OBJECT: ReadonlySet<string> = new Set([
  'ENVELOPE_INVALID',
  'ENVELOPE_UNSUPPORTED',
  'CIPHERTEXT_ALTERED',
  'CONTEXT_MISMATCH',
  'KEY_MISMATCH',
]);

/** Opens what a member holds; a refusal that is about this member only is returned as an issue. */
export async function openContent(
  collection: Collection,
  stored: ByteSource,
  signal: AbortSignal | undefined,
): Promise<{ source: ByteSource; findings: readonly Finding[] } | Issue> {
  if (collection.openPlaintext === null) return { source: stored, findings: [] };
  try {
    return await collection.openPlaintext(stored, signal);
  } catch (error) {
    if (!(error instanceof MailproofError) || !ABOUT_THE_OBJECT.has(error.code)) throw error;
    return issue('ENTRY_ENCRYPTED', withoutPlace(error.message, stored));
  }
}

/** A record says where in the archive it lies, never on which machine or in which bucket: the same mail, the same record. */
const withoutPlace = (message: string, stored: ByteSource): string =>
  message.replaceAll(stored.identity.location, 'the object');

/** What was found about a member, under its name. */
export const findingsOf = (findings: readonly Finding[], stored: ByteSource, path: string): Finding[] =>
  findings.map((finding) => ({ ...finding, message: withoutPlace(finding.message, stored), entry: path }));

/** Reads a member whole, once, and decrypts it. Throws what the source throws, and KEY_* where KMS refuses. */
export async function loadMember(
  collection: Collection,
  member: CollectionMember,
  signal?: AbortSignal,
): Promise<LoadedMember> {
  const source = await openMember(member, signal);
  const issues: Issue[] = [...(member.issues ?? [])];
  try {
    const stored = await source.bytes(0, source.size, signal);
    const opened = await openContent(collection, heldSource(stored, source.identity), signal);
    if ('code' in opened) {
      issues.push(opened);
      return { stored, content: null, message: [0, 0], notes: {}, issues, findings: [] };
    }
    const { source: plain, findings } = opened;
    try {
      if (plain.size > stored.length)
        throw new MailproofError('UNEXPECTED', `${member.path} is larger decrypted than encrypted.`);
      const content = await plain.bytes(0, plain.size, signal);
      const message = messageWithin(member.path, content, issues);
      const notes = message[0] === 0 ? {} : emlxNotes(asBuffer(content).subarray(message[1]));
      return { stored, content, message, notes, issues, findings: findingsOf(findings, source, member.path) };
    } finally {
      await plain.close();
    }
  } finally {
    await source.close();
  }
}

const PROPERTY_LIST = [Buffer.from('<?xml'), Buffer.from('bplist')];

/** Where the message lies in a file: all of it, but for an `.emlx`. A file that only begins with a number is none. */
function messageWithin(path: string, content: Uint8Array, issues: Issue[]): readonly [number, number] {
  const octets = asBuffer(content);
  const emlx = emlxLength(octets);
  if (emlx === null) return [0, content.length];
  const end = emlx.line + emlx.message;
  const rest = octets.subarray(Math.min(end, octets.length));
  const listed = rest.length === 0 || PROPERTY_LIST.some((mark) => rest.subarray(0, mark.length).equals(mark));
  if (end <= content.length) return listed ? [emlx.line, end] : [0, content.length];
  if (!/\.emlx$/i.test(path)) return [0, content.length];
  issues.push(issue('ENTRY_TRUNCATED', `${content.length - emlx.line} of ${emlx.message} octets are there.`));
  return [emlx.line, content.length];
}
