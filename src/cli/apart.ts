import { realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { MailproofError } from '../model/index.ts';

/** Where a path leads, links followed; of one that is not there yet, where it will. */
async function whereabouts(path: string): Promise<string> {
  const whole = resolve(path);
  try {
    return await realpath(whole);
  } catch {
    const parent = dirname(whole);
    return parent === whole ? whole : join(await whereabouts(parent), basename(whole));
  }
}

const isRemote = (place: string): boolean => /^(?:s3|job):/i.test(place);

/**
 * What is written must not lie within the folder that is read: it would alter the evidence, and the next reading would
 * take our own files for mail. Throws USAGE.
 */
export async function checkApart(source: string, out: string): Promise<void> {
  if (isRemote(source) || isRemote(out)) return;
  const way = relative(await whereabouts(source), await whereabouts(out));
  if (way === '..' || way.startsWith(`..${sep}`) || resolve(way) === way) return;
  // A file has nothing within it: the sink says that a file stands where a folder is needed.
  const { stat } = await import('node:fs/promises');
  if ((await stat(source).catch(() => null))?.isDirectory() !== true) return;
  throw new MailproofError('USAGE', `${out} lies within ${source}, which is to be read and not altered.`, {
    advice: 'Give an --out outside the source.',
  });
}
