/** A part of a verification that was interrupted. */
export interface EarlierPart {
  /** RFC 3339, by the clock of the host it ran on. */
  readonly startedAt: string;
  readonly savedAt: string;
  /** How many entries had been read when it was saved, those of the parts before it too. */
  readonly entries: number;
}

/** What a verification took from parts of it that were interrupted: whoever relies on it relies on them too. */
export interface CarriedOver {
  /** Entries that were read then and not now. */
  readonly entries: number;
  readonly parts: readonly EarlierPart[];
  /** Whether all of the archive's octets were read now for its own digests. */
  readonly archiveDigests: boolean;
}

/** In words, for people: from when what was carried over comes. */
export function carriedOverTimes({ parts }: CarriedOver): string {
  return parts.map(({ startedAt, savedAt }) => `${startedAt} to ${savedAt}`).join(', ');
}
