import { z } from 'zod';
import { MailproofError } from '../model/index.ts';

/** US dollars on demand, before any free tier, discount or tax. */
const pricesSchema = z.strictObject({
  /** Lambda on Arm, first tier. */
  lambdaGibibyteSecond: z.number().min(0),
  lambdaRequest: z.number().min(0),
  /** Beyond the 512 MB that are free. */
  lambdaStorageGibibyteSecond: z.number().min(0),
  /** Fargate, Linux on Arm. */
  fargateProcessorHour: z.number().min(0),
  fargateGigabyteHour: z.number().min(0),
  s3Get: z.number().min(0),
  s3Put: z.number().min(0),
  kmsRequest: z.number().min(0),
  stateTransition: z.number().min(0),
  s3GigabyteMonth: z.number().min(0),
  /** The one machine to compare with: two processors, as the function has. */
  machineHour: z.number().min(0),
});
export type Prices = z.infer<typeof pricesSchema>;

const positive = z.number().positive();
const assumptionsSchema = z.strictObject({
  /** Octets of one ranged GET, and of one part of an upload. */
  rangeOctets: positive,
  shardOctets: positive,
  functionGibibytes: positive,
  functionStorageGibibytes: z.number().min(0),
  taskProcessors: positive,
  taskGigabytes: positive,
  /** Megabytes (10⁶) of archive that two processors read and parse in a second, in a function or in the one machine. */
  shardRate: positive,
  /** The same of the digest, which only reads. */
  digestRate: positive,
  /** Octets of manifest for one of archive. */
  manifestShare: z.number().min(0),
  /** Functions at once: an account's default. */
  concurrency: positive,
  /** Megabytes a second at which WorkMail writes one export: unknown, nobody has published it. */
  exportRate: positive,
  exportsAtOnce: positive,
});
/** What is assumed of a fleet; measured values may be put in their place. */
export type CostAssumptions = z.infer<typeof assumptionsSchema>;

const ratesSchema = z.strictObject({
  /** When the prices were looked up, and where: they are shown with every estimate. */
  asOf: z.string().min(1),
  source: z.string().min(1),
  region: z.string().min(1),
  prices: pricesSchema,
  assumptions: assumptionsSchema,
});
export type Rates = z.infer<typeof ratesSchema>;

/** Prices of one Region as they were known when this was written, to be checked before money rests on them: `--rates FILE`. */
export const RATES: Rates = {
  asOf: '2026-03',
  source:
    'list prices as remembered, not read from a price list: check lambda, fargate, s3, kms, step-functions and ec2 (c7g.large) at aws.amazon.com/pricing',
  region: 'us-east-1',
  prices: {
    lambdaGibibyteSecond: 0.0000133334,
    lambdaRequest: 0.2 / 1_000_000,
    lambdaStorageGibibyteSecond: 0.0000000309,
    fargateProcessorHour: 0.03238,
    fargateGigabyteHour: 0.00356,
    s3Get: 0.0004 / 1000,
    s3Put: 0.005 / 1000,
    kmsRequest: 0.03 / 10_000,
    stateTransition: 0.025 / 1000,
    s3GigabyteMonth: 0.023,
    machineHour: 0.0725,
  },
  assumptions: {
    rangeOctets: 8 << 20,
    shardOctets: 1.5 * 1024 ** 3,
    functionGibibytes: 3538 / 1024,
    functionStorageGibibytes: 9.5,
    taskProcessors: 4,
    taskGigabytes: 16,
    shardRate: 40,
    digestRate: 75,
    manifestShare: 0.3,
    concurrency: 1000,
    exportRate: 5,
    exportsAtOnce: 10,
  },
};

const overridesSchema = z.strictObject({
  asOf: z.string().min(1),
  source: z.string().min(1),
  region: z.string().min(1).optional(),
  prices: pricesSchema.partial().optional(),
  assumptions: assumptionsSchema.partial().optional(),
});

/**
 * Rates as a file states them: JSON with `asOf` and `source` (prices without a date are not worth an estimate), and
 * whichever `region`, `prices` and `assumptions` differ from `RATES`. Throws USAGE naming the field.
 */
export function parseRates(text: string): Rates {
  const refused = (what: string) =>
    new MailproofError('USAGE', `The rates are not as expected: ${what}.`, {
      advice:
        'Write {"asOf": "2026-03", "source": "…", "prices": {…}, "assumptions": {…}} with the fields that --json shows.',
    });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refused('they are no JSON');
  }
  const read = overridesSchema.safeParse(value);
  if (!read.success) {
    const [first] = read.error.issues;
    throw refused(`${first?.path.join('.') || 'the whole'}: ${first?.message ?? ''}`);
  }
  const { asOf, source, region = RATES.region, prices, assumptions } = read.data;
  return ratesSchema.parse({
    asOf,
    source,
    region,
    prices: { ...RATES.prices, ...prices },
    assumptions: { ...RATES.assumptions, ...assumptions },
  });
}
