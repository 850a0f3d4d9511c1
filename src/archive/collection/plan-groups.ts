import type { ReadingLimits } from '../archive.ts';
import type { CollectionMember } from './collection-source.ts';

/** Neighbouring members that are read and handed on together, or one that is too large to be held. */
export interface MemberGroup {
  readonly members: readonly CollectionMember[];
  /** Ordinal of the first. */
  readonly first: number;
  /** Octet of the collection at which the first begins. */
  readonly offset: number;
  readonly size: number;
  readonly large: boolean;
}

/** Divides members into groups by octets and number: the same for the same members, whoever reads them. */
export function* planGroups(members: readonly CollectionMember[], limits: ReadingLimits): Generator<MemberGroup> {
  let held: CollectionMember[] = [];
  let first = 0;
  let offset = 0;
  let size = 0;
  for (const member of members) {
    const large = member.size > limits.largeEntryBytes;
    const full = held.length >= limits.batchEntries || (held.length > 0 && size + member.size > limits.batchBytes);
    if (full || (large && held.length > 0)) {
      yield { members: held, first, offset, size, large: false };
      first += held.length;
      offset += size;
      held = [];
      size = 0;
    }
    if (large) {
      yield { members: [member], first, offset, size: member.size, large: true };
      first += 1;
      offset += member.size;
      continue;
    }
    held.push(member);
    size += member.size;
  }
  if (held.length > 0) yield { members: held, first, offset, size, large: false };
}
