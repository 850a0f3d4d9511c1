/** What two readers of one message disagree about. */
export type OpinionField =
  | 'subject'
  | 'from'
  | 'to'
  | 'cc'
  | 'date'
  | 'message-id'
  | 'header-count'
  | 'attachment-count'
  | 'attachment-digest'
  | 'message';

/**
 * `loss`: they have something that we lack. `richer`: we have something that they lack. `different`: both have it, and not
 * the same. `trait`: a known habit of theirs, which says nothing of us.
 */
export type OpinionKind = 'loss' | 'richer' | 'different' | 'trait';

export interface OpinionDifference {
  readonly field: OpinionField;
  readonly kind: OpinionKind;
  readonly ours: string | null;
  readonly theirs: string | null;
  /** Which habit it is, for a trait. */
  readonly note?: string;
}

/** Compares two values of which either may be absent; null where they agree. */
export function difference(field: OpinionField, ours: string | null, theirs: string | null): OpinionDifference | null {
  if ((ours ?? '') === (theirs ?? '')) return null;
  if (ours === null || ours === '') return { field, kind: 'loss', ours, theirs };
  if (theirs === null || theirs === '') return { field, kind: 'richer', ours, theirs };
  return { field, kind: 'different', ours, theirs };
}
