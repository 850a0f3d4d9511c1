/** `sha256:` and 64 lower-case hexadecimal digits, as OCI writes a digest. */
export type Digest = `sha256:${string}`;

/**
 * A pointer to content, as OCI's image specification defines one: what it is, what it hashes to, how long it is.
 * Readers check `size` before `digest`, and treat an unknown `mediaType` as data.
 */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Octets. */
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The original octets of an item, by their hashes: what an expert witness is asked about. */
export interface Native extends Descriptor {
  /** 32 lower-case hexadecimal digits: load files still ask for MD5. */
  readonly md5: string;
}
