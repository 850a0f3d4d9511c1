/** A range of archive octets that belongs to no entry and to no directory, and why. */
export interface Gap {
  readonly start: number;
  readonly end: number;
  readonly reason: string;
}

/** Where every octet, entry, item and part went. Each block balances, or says by how much it does not. */
export interface Ledger {
  readonly archive: {
    readonly size: number;
    readonly headers: number;
    readonly data: number;
    readonly descriptors: number;
    readonly directory: number;
    readonly gaps: readonly Gap[];
    readonly gapBytes: number;
    /** size − everything above: 0 when it balances. */
    readonly unaccounted: number;
  };
  readonly entries: {
    /** What the archive's directory declares. */
    readonly declared: number | null;
    readonly found: number;
    readonly items: number;
    readonly directories: number;
    readonly logs: number;
    readonly other: number;
    readonly unreadable: number;
    /** found − the five above: 0 when it balances. */
    readonly unaccounted: number;
  };
  readonly items: {
    readonly total: number;
    readonly read: number;
    readonly readWithIssues: number;
    readonly unreadable: number;
    readonly unaccounted: number;
  };
  readonly records: { readonly total: number; readonly byType: Readonly<Record<string, number>> };
  readonly parts: {
    readonly declared: number;
    readonly extracted: number;
    readonly failed: number;
    readonly unaccounted: number;
  };
  /** Octets of items once expanded. */
  readonly nativeBytes: number;
  readonly textBytes: number;
  readonly folders: Readonly<Record<string, number>>;
  /** How often each issue code occurs. */
  readonly issues: Readonly<Record<string, number>>;
  readonly balanced: boolean;
}
