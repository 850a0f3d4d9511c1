import type { CommonOptions, Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { shown } from '../shown.ts';
import { number } from '../units.ts';

export interface CompareOptions extends CommonOptions {
  readonly all?: boolean;
}

/** `compare EARLIER LATER`: a line an item that differs, then the counts. Loss exits 4. */
export async function compareCommand(
  context: Context,
  earlier: string,
  later: string,
  options: CompareOptions,
): Promise<number> {
  const [{ openSink }, { ManifestReader }, { compareManifests }] = await Promise.all([
    import('../sink.ts'),
    import('../../manifest/index.ts'),
    import('../../verify/index.ts'),
  ]);
  const { printer, signal } = context;
  const open = async (dest: string) => ManifestReader.open(await openSink(context, dest, {}));
  const summary = await compareManifests(await open(earlier), await open(later), {
    signal,
    includeSame: options.all === true,
    onItem(item) {
      const id = item.record ?? item.earlierRecord ?? '';
      const moved = item.movedFrom === null ? '' : ` (was in ${item.movedFrom})`;
      const note = item.note === null ? '' : `: ${item.note}`;
      const name = options.verbose === true ? ` ${item.entry}` : '';
      printer.data({ message_type: 'item', ...item }, shown(`${item.sign} ${id}${name}${moved}${note}`));
    },
  });
  const { folders, altered, ...counts } = summary;
  const isAltered = altered.earlier.length + altered.later.length > 0;
  for (const [dest, faults] of [
    [earlier, altered.earlier],
    [later, altered.later],
  ] as const) {
    for (const fault of faults) {
      printer.finding({ check: 'compare', severity: 'error', message: `The manifest ${dest} was altered: ${fault}` });
    }
  }
  const code = isAltered || counts.missing + counts.changed + counts.unreadable > 0 ? EXIT.incomplete : EXIT.done;
  printer.summary({
    title: isAltered
      ? 'A manifest was altered: what its files no longer hold could not be compared.'
      : code === EXIT.done
        ? 'Nothing of the earlier is missing in the later.'
        : 'Something of the earlier is missing or different.',
    lines: [
      {
        label: '= same',
        text: `${number(counts.same)} (${number(counts.moved)} moved, ${number(counts.rewritten)} rewritten)`,
      },
      { label: '- missing', text: number(counts.missing) },
      { label: '+ added', text: number(counts.added) },
      { label: '* changed', text: number(counts.changed) },
      { label: '! unreadable', text: number(counts.unreadable) },
    ],
    data: {
      exitCode: code,
      ...counts,
      altered: { ...altered },
      folders: Object.fromEntries([...folders].map(([folder, of]) => [folder, { ...of }])),
    },
  });
  return code;
}
