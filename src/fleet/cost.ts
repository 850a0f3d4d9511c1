import { LAMBDA_READ_OCTETS } from './plan.ts';
import { RATES, type Rates } from './rates.ts';

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
  /** The same work by one machine, without the requests. */
  readonly oneMachineDollars: number;
  /** Seconds: of the exports themselves, of one machine's processing, of the fleet's. */
  readonly exportSeconds: number;
  readonly oneMachineSeconds: number;
  readonly fleetSeconds: number;
}

const number = (value: number): string => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');

const line = (what: string, count: number, unit: string, price: number): CostLine => ({
  what,
  arithmetic: `${number(count)} ${unit} × $${price.toPrecision(3)}`,
  dollars: count * price,
});

const sum = (values: Iterable<number>): number => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};

/**
 * What processing so many mailboxes of so many octets each costs and takes, with the arithmetic shown. Every archive is
 * read twice (shards and digest), its manifest written twice (frames, then shards) and read once between.
 */
export function estimateCost(mailboxes: readonly number[], rates: Rates = RATES): CostEstimate {
  const { prices, assumptions: given } = rates;
  const count = mailboxes.length;
  const octets = sum(mailboxes);
  const written = octets * given.manifestShare;
  const gets = (2 * octets + written) / given.rangeOctets + 10 * count;
  const puts = (2 * written) / given.rangeOctets + 20 * count;
  const shards = sum(mailboxes.map((size) => Math.max(1, Math.ceil(size / given.shardOctets))));
  const shardSeconds = octets / 1e6 / given.shardRate;
  // A digest is one reading from end to end: what a function cannot read in fifteen minutes, a task in a container reads.
  const taskOctets = sum(mailboxes.filter((size) => size > LAMBDA_READ_OCTETS));
  const taskSeconds = taskOctets / 1e6 / given.digestRate;
  const digestSeconds = (octets - taskOctets) / 1e6 / given.digestRate;
  const mergeSeconds = (2 * written) / 1e6 / given.digestRate;
  const functionSeconds = shardSeconds + digestSeconds + mergeSeconds;
  const transitions = 3 * shards + 8 * count;
  const taskHour =
    given.taskProcessors * prices.fargateProcessorHour + given.taskGigabytes * prices.fargateGigabyteHour;
  const lines = [
    line('S3 GET', gets, 'requests', prices.s3Get),
    line('S3 PUT', puts, 'requests', prices.s3Put),
    line('KMS (without an S3 Bucket Key)', gets + puts, 'requests', prices.kmsRequest),
    line('Lambda', functionSeconds * given.functionGibibytes, 'GiB-seconds', prices.lambdaGibibyteSecond),
    line('Lambda requests', shards + 3 * count, 'requests', prices.lambdaRequest),
    line(
      'Lambda storage',
      functionSeconds * given.functionStorageGibibytes,
      'GiB-seconds',
      prices.lambdaStorageGibibyteSecond,
    ),
    ...(taskSeconds === 0 ? [] : [line('Fargate', taskSeconds / 3600, 'task-hours', taskHour)]),
    line('Step Functions', transitions, 'transitions', prices.stateTransition),
  ];
  const largest = mailboxes.reduce((most, size) => Math.max(most, size), 0) / 1e6;
  // The longest digest and merge bound the fleet from below, however many functions there are.
  const chain = largest / given.digestRate + (2 * largest * given.manifestShare) / given.digestRate;
  const oneMachineSeconds = shardSeconds;
  return {
    lines,
    dollars: sum(lines.map(({ dollars }) => dollars)),
    monthlyDollars: ((octets + written) / 1e9) * prices.s3GigabyteMonth,
    oneMachineDollars: (oneMachineSeconds / 3600) * prices.machineHour,
    exportSeconds: Math.max(largest / given.exportRate, octets / 1e6 / given.exportRate / given.exportsAtOnce),
    oneMachineSeconds,
    fleetSeconds: Math.max((functionSeconds + taskSeconds) / given.concurrency, chain),
  };
}
