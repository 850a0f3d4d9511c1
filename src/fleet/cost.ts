/** On-demand prices in US dollars, us-east-1, as published in 2026. They change: the estimate shows them with its result. */
export const PRICES = {
  lambdaGibibyteSecond: 0.0000133334,
  s3Get: 0.0004 / 1000,
  s3Put: 0.005 / 1000,
  kmsRequest: 0.03 / 10_000,
  stateTransition: 0.025 / 1000,
  s3GigabyteMonth: 0.023,
} as const;

/** What is assumed of a fleet; measured values may be put in their place. */
export interface CostAssumptions {
  /** Octets of one ranged GET, and of one part of an upload. */
  readonly rangeOctets: number;
  readonly shardOctets: number;
  readonly functionGibibytes: number;
  /** Megabytes (10⁶) of archive a function reads and parses in a second. */
  readonly shardRate: number;
  /** The same of the digest, which only reads. */
  readonly digestRate: number;
  /** Octets of manifest for one of archive. */
  readonly manifestShare: number;
  /** Functions at once: an account's default. */
  readonly concurrency: number;
  /** Megabytes a second at which WorkMail writes one export: unknown, nobody has published it. */
  readonly exportRate: number;
  readonly exportsAtOnce: number;
}

export const ASSUMPTIONS: CostAssumptions = {
  rangeOctets: 8 << 20,
  shardOctets: 1.5 * 1024 ** 3,
  functionGibibytes: 3538 / 1024,
  shardRate: 40,
  digestRate: 75,
  manifestShare: 0.3,
  concurrency: 1000,
  exportRate: 5,
  exportsAtOnce: 10,
};

/** One line of an estimate: what, how it is reckoned, what it comes to. */
export interface CostLine {
  readonly what: string;
  readonly arithmetic: string;
  readonly dollars: number;
}

export interface CostEstimate {
  readonly lines: readonly CostLine[];
  readonly dollars: number;
  readonly monthlyDollars: number;
  /** Seconds: of the exports themselves, of one machine's processing, of the fleet's. */
  readonly exportSeconds: number;
  readonly oneMachineSeconds: number;
  readonly fleetSeconds: number;
}

const number = (value: number): string => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');

/**
 * What processing so many mailboxes of so many octets each costs and takes, with the arithmetic shown. Every archive is
 * read twice (shards and digest), its manifest written twice (frames, then shards) and read once between.
 */
export function estimateCost(mailboxes: readonly number[], assumptions: Partial<CostAssumptions> = {}): CostEstimate {
  const given: CostAssumptions = { ...ASSUMPTIONS, ...assumptions };
  const octets = mailboxes.reduce((sum, size) => sum + size, 0);
  const written = octets * given.manifestShare;
  const gets = (2 * octets + written) / given.rangeOctets + 10 * mailboxes.length;
  const puts = (2 * written) / given.rangeOctets + 20 * mailboxes.length;
  const shards = mailboxes.reduce((sum, size) => sum + Math.max(1, Math.ceil(size / given.shardOctets)), 0);
  const shardSeconds = octets / 1e6 / given.shardRate;
  const digestSeconds = octets / 1e6 / given.digestRate;
  const mergeSeconds = (2 * written) / 1e6 / given.digestRate;
  const seconds = shardSeconds + digestSeconds + mergeSeconds;
  const gibibyteSeconds = seconds * given.functionGibibytes;
  const transitions = 3 * shards + 8 * mailboxes.length;
  const line = (what: string, count: number, unit: string, price: number): CostLine => ({
    what,
    arithmetic: `${number(count)} ${unit} × $${price.toPrecision(3)}`,
    dollars: count * price,
  });
  const lines = [
    line('S3 GET', gets, 'requests', PRICES.s3Get),
    line('S3 PUT', puts, 'requests', PRICES.s3Put),
    line('KMS (without an S3 Bucket Key)', gets + puts, 'requests', PRICES.kmsRequest),
    line('Lambda', gibibyteSeconds, 'GiB-seconds', PRICES.lambdaGibibyteSecond),
    line('Step Functions', transitions, 'transitions', PRICES.stateTransition),
  ];
  // The longest digest or merge bounds the fleet from below, however many functions there are.
  const largest = mailboxes.reduce((most, size) => Math.max(most, size), 0) / 1e6;
  const chain = largest / given.digestRate + (2 * largest * given.manifestShare) / given.digestRate;
  const longest = mailboxes.reduce((most, size) => Math.max(most, size), 0) / 1e6 / given.exportRate;
  return {
    lines,
    dollars: lines.reduce((sum, { dollars }) => sum + dollars, 0),
    monthlyDollars: ((octets + written) / 1e9) * PRICES.s3GigabyteMonth,
    exportSeconds: Math.max(longest, octets / 1e6 / given.exportRate / given.exportsAtOnce),
    oneMachineSeconds: shardSeconds,
    fleetSeconds: Math.max(seconds / given.concurrency, chain),
  };
}
