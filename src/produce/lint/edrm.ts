import type { Faults } from './faults.ts';
import { type FileFacts, illegalName, relativePath } from './files.ts';

/** A tag this long is none. */
const TAG_LIMIT = 1024 * 1024;
const TAG = /<(Document|ExternalFile|Relationship)\b([^<>]*)>/g;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function attribute(tag: string, name: string): string {
  const start = tag.indexOf(` ${name}="`);
  if (start < 0) return '';
  const from = start + name.length + 3;
  const end = tag.indexOf('"', from);
  return tag
    .slice(from, end < 0 ? undefined : end)
    .replace(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(\w{1,5}));/g, (all, decimal, hex, name) => {
      const code = decimal === undefined ? Number.parseInt(String(hex ?? ''), 16) : Number(decimal);
      if (!Number.isNaN(code) && code <= 0x10ffff) return String.fromCodePoint(code);
      return ENTITIES[String(name)] ?? all;
    });
}

export interface EdrmInput {
  /** The file's name, for people. */
  readonly path: string;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** What the file at a path of the production is; null where there is none. */
  readonly facts: (path: string) => Promise<Pick<FileFacts, 'size' | 'md5' | 'sha1' | 'sha256'> | null>;
  readonly faults: Faults;
}

/** Checks an EDRM XML file: each document once, no relationship to one that is not there, every file as it is described. */
export async function lintEdrm({ path, chunks, facts: factsOf, faults }: EdrmInput): Promise<void> {
  const seen = new Set<string>();
  let document = '';
  const take = async (kind: string, tag: string): Promise<void> => {
    if (kind === 'Document' && tag.includes(' DocID="')) {
      document = attribute(tag, 'DocID');
      if (seen.has(document)) faults.add('lint-number', `${document} stands twice in ${path}.`);
      seen.add(document);
    } else if (kind === 'Relationship') {
      for (const name of ['ParentDocId', 'ChildDocId']) {
        const id = attribute(tag, name);
        if (!seen.has(id)) faults.add('lint-family', `${path} has a relationship to ${id}, which is not there.`);
      }
    } else if (kind === 'ExternalFile') await external(document, tag);
  };
  const external = async (id: string, tag: string): Promise<void> => {
    const name = [attribute(tag, 'FilePath'), attribute(tag, 'FileName')].filter((part) => part !== '').join('/');
    const file = relativePath(name);
    const facts = file === null ? null : await factsOf(file);
    if (file !== null && illegalName(file) !== null)
      faults.add('lint-path', `${id}: not every system can hold ${name}.`);
    if (facts === null) {
      faults.add('lint-path', `${id} points to ${name}, which is not there.`);
      return;
    }
    const size = attribute(tag, 'FileSize');
    if (size !== '' && Number(size) !== facts.size)
      faults.add('lint-digest', `${id}: ${name} has not the size it is said to have.`);
    const hash = attribute(tag, 'Hash').toLowerCase();
    const known: readonly string[] = [facts.md5, facts.sha1, facts.sha256];
    if (hash !== '' && !known.includes(hash))
      faults.add('lint-digest', `${id}: ${name} has not the digest it is said to have.`);
  };
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  for await (const chunk of chunks) {
    const text = rest + decoder.decode(chunk, { stream: true });
    const cut = text.lastIndexOf('<');
    for (const [, kind, tag] of text.slice(0, Math.max(cut, 0)).matchAll(TAG)) await take(kind ?? '', tag ?? '');
    rest = text.slice(Math.max(cut, 0)).slice(-TAG_LIMIT);
  }
  if (!rest.trimEnd().endsWith('</Root>')) faults.add('lint-columns', `${path} does not end with its root element.`);
}
