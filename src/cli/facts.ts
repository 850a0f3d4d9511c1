import { readFile } from 'node:fs/promises';
import { MailproofError } from '../model/index.ts';
import type { OutputLogFound } from '../verify/facts.ts';

export { factsIn, rootDigestIn, sourceFindingsIn } from '../fleet/recorded-facts.ts';

/** An output log given by hand. Throws SOURCE_NOT_FOUND, USAGE. */
export async function readOutputLogFile(path: string): Promise<OutputLogFound> {
  const content = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new MailproofError('SOURCE_NOT_FOUND', `The output log ${path} cannot be read.`, { cause });
  });
  const { parseOutputLog } = await import('../aws/output-log.ts');
  const values = parseOutputLog(content);
  if (values !== null) return { where: path, values };
  throw new MailproofError(
    'USAGE',
    `${path} is no output log: a JSON object with totals such as totalMessages was expected.`,
  );
}
