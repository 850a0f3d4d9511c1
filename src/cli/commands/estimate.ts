import { readFile } from 'node:fs/promises';
import { type CostEstimate, estimateCost, parseRates, RATES, type Rates } from '../../fleet/index.ts';
import { MailproofError } from '../../model/index.ts';
import type { CommonOptions, Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import type { SummaryLine } from '../printer.ts';
import { counted, duration, number } from '../units.ts';

/** The published rates, or those of `--rates FILE`. Throws USAGE, SOURCE_NOT_FOUND. */
export async function ratesOf(file: string | undefined): Promise<Rates> {
  if (file === undefined) return RATES;
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new MailproofError('SOURCE_NOT_FOUND', `The rates ${file} cannot be read.`, { cause });
  });
  return parseRates(text);
}

export const dollars = (value: number): string => `$${value < 10 ? value.toFixed(2) : number(Math.round(value))}`;

/** What it costs, line by line, and of when and where the prices are. */
export const costLines = ({ lines }: CostEstimate, { asOf, region, source }: Rates): SummaryLine[] => [
  ...lines.map(({ what, arithmetic, dollars: value }) => ({ label: what, text: `${arithmetic} = ${dollars(value)}` })),
  { label: 'Prices', text: `${region}, ${asOf}, on demand (${source})` },
];

/** `fleet estimate`: what so many mailboxes cost and take, with the arithmetic. Asks nobody. */
export async function estimateCommand(
  context: Context,
  options: CommonOptions & { readonly mailboxes: number; readonly gigabytes: number; readonly rates?: string },
): Promise<number> {
  const { mailboxes, gigabytes } = options;
  const rates = await ratesOf(options.rates);
  const { exportRate, exportsAtOnce, shardRate, concurrency } = rates.assumptions;
  const estimate = estimateCost(
    Array.from({ length: mailboxes }, () => gigabytes * 1e9),
    rates,
  );
  context.printer.summary({
    title: `${counted(mailboxes, 'mailbox', 'mailboxes')} of ${number(gigabytes)} GB: ${dollars(estimate.dollars)} once, ${dollars(estimate.monthlyDollars)} a month to keep.`,
    lines: [
      ...costLines(estimate, rates),
      {
        label: 'Exports',
        text: `${duration(estimate.exportSeconds * 1000)} if WorkMail writes ${exportRate} MB/s (unknown), ${exportsAtOnce} at once`,
      },
      {
        label: 'One machine',
        text: `${duration(estimate.oneMachineSeconds * 1000)} at ${shardRate} MB/s, ${dollars(estimate.oneMachineDollars)} at $${rates.prices.machineHour} an hour`,
      },
      { label: 'Fleet', text: `${duration(estimate.fleetSeconds * 1000)} with ${number(concurrency)} functions` },
    ],
    data: { ...estimate, lines: estimate.lines.map((line) => ({ ...line })), rates },
  });
  return EXIT.done;
}
