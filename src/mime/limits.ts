/**
 * What one message may make us do. Passing a limit is an issue (LIMIT_REACHED, naming the limit), never a refusal:
 * what lies beyond it is kept as octets that nobody looked into.
 */
export interface MimeLimits {
  /** Messages within messages that become records of their own; deeper ones are attachments of the last. */
  readonly maxMessageDepth: number;
  /** Multiparts within multiparts; a deeper one is one opaque part. */
  readonly maxMultipartDepth: number;
  /** Parts of one message; one more takes in everything that follows them. */
  readonly maxParts: number;
  /** Octets of one header block; what follows is body. */
  readonly maxHeaderBytes: number;
  /** Fields of one header block; what follows is body. */
  readonly maxHeaderFields: number;
  /** Addresses of one header field. */
  readonly maxAddresses: number;
  /** Octets of one text part that are turned into text. */
  readonly maxTextBytes: number;
  /** Characters of HTML that are turned into text. */
  readonly maxHtmlCharacters: number;
  /** Octets of one part that is read as something else: a message, a calendar, a report, TNEF, PKCS #7. */
  readonly maxEmbeddedBytes: number;
  /** Octets of all parts of one message that the large reader keeps to look into. */
  readonly maxKeptBytes: number;
  /** Files found within one text part. */
  readonly maxTextFiles: number;
}

export const DEFAULT_LIMITS: MimeLimits = {
  maxMessageDepth: 64,
  maxMultipartDepth: 64,
  maxParts: 50_000,
  maxHeaderBytes: 16 * 1024 * 1024,
  maxHeaderFields: 500_000,
  maxAddresses: 100_000,
  maxTextBytes: 32 * 1024 * 1024,
  maxHtmlCharacters: 8 * 1024 * 1024,
  maxEmbeddedBytes: 1024 * 1024 * 1024,
  maxKeptBytes: 1024 * 1024 * 1024,
  maxTextFiles: 1_000,
};

/** The limits of a reader that may not hold the message: what it keeps of it stays below about 20 MiB. */
export const LARGE_MESSAGE_LIMITS: MimeLimits = {
  ...DEFAULT_LIMITS,
  maxTextBytes: 2 * 1024 * 1024,
  maxHtmlCharacters: 2 * 1024 * 1024,
  maxEmbeddedBytes: 4 * 1024 * 1024,
  maxKeptBytes: 8 * 1024 * 1024,
};

/**
 * The limits to work by. A value that is not a whole number above zero is passed over, so that a mistyped 0 or NaN
 * can neither switch a guard off nor refuse all mail.
 */
export function resolveLimits(
  given: Partial<MimeLimits> | undefined,
  defaults: MimeLimits = DEFAULT_LIMITS,
): MimeLimits {
  if (given === undefined) return defaults;
  const entries = Object.entries(given).filter(
    ([name, value]) => name in DEFAULT_LIMITS && Number.isSafeInteger(value) && value > 0,
  );
  return { ...defaults, ...Object.fromEntries(entries) };
}
