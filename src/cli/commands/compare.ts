import type { CommonOptions, Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
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
      printer.data({ message_type: 'item', ...item }, `${item.sign} ${id}${name}${moved}${note}`);
    },
  });
  const { folders, ...counts } = summary;
  const code = counts.missing + counts.changed + counts.unreadable > 0 ? EXIT.incomplete : EXIT.done;
  printer.summary({
    title:
      code === EXIT.done
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
      folders: Object.fromEntries([...folders].map(([folder, of]) => [folder, { ...of }])),
    },
  });
  return code;
}
