import type { Family, ProducedDocument } from './document.ts';
import type { Layout } from './profile/index.ts';
import { SafeNames } from './safe-name.ts';

/** What of a document a path is made from. */
export type PathFacts = Omit<ProducedDocument, 'nativePath' | 'textPath'>;

/** Where natives and texts go. Each document of a family is asked for once, in order; the same family has the same paths. */
export interface PathScheme {
  /** Null where the layout writes no file of its own for such a document. */
  native(document: PathFacts): string | null;
  text(document: PathFacts): string;
}

/** Files in one folder: more make some loaders and Windows' Explorer slow. */
const FOLDER_FILES = 1000;

const numbered = (document: PathFacts): string => {
  const folder = String(Math.floor(document.position / FOLDER_FILES) + 1).padStart(4, '0');
  return `VOL${String(document.family.volume).padStart(3, '0')}/NATIVES/${folder}/${document.controlNumber}`;
};
const volumes: PathScheme = {
  native: (document) => (document.native === null ? null : `${numbered(document)}.${document.extension}`),
  text: (document) => `${numbered(document).replace('/NATIVES/', '/TEXT/')}.txt`,
};

const inFolder = (base: string, document: PathFacts): string =>
  [base, document.family.folder, `${document.controlNumber}.${document.extension}`]
    .filter((name) => name !== '')
    .join('/');

/** Only whole items have a file of their own: what is within a message stays within it. */
const tree = (base: string): PathScheme => ({
  native: (document) => (document.parent >= 0 || document.native === null ? null : inFolder(base, document)),
  text: (document) => `text/${document.controlNumber}.txt`,
});

const mailbag: PathScheme = {
  native(document) {
    if (document.native === null) return null;
    const { documents, first } = document.family;
    if (document.parent < 0)
      return inFolder(document.kind === 'message' ? 'data/eml' : `data/${document.extension}`, document);
    if (document.parent > 0 || documents[0]?.kind !== 'message') return null;
    return `data/attachments/${first}/${attachmentName(document)}`;
  },
  text: (document) => `text/${document.controlNumber}.txt`,
};

const attachmentNames = new WeakMap<Family, SafeNames>();

/** The name of a message's attachment: none of its siblings' may be equal to it but for case. */
function attachmentName(document: PathFacts): string {
  let names = attachmentNames.get(document.family);
  if (names === undefined) {
    names = new SafeNames();
    // `attachments.csv` stands beside them.
    names.fresh('attachments.csv', 'attachments.csv');
    attachmentNames.set(document.family, names);
  }
  return names.fresh(document.fileName ?? '', `attachment.${document.extension}`);
}

const SCHEMES: { readonly [layout in Layout]: PathScheme } = {
  dat: volumes,
  csv: volumes,
  parquet: volumes,
  'edrm-xml': volumes,
  nuix: tree(''),
  mailbag,
  mbox: {
    // What is no message cannot be in an mbox: it stands beside it.
    native: (document) => (document.kind === 'message' ? null : tree('other').native(document)),
    text: (document) => tree('').text(document),
  },
  eml: tree('items'),
};

export const pathScheme = (layout: Layout): PathScheme => SCHEMES[layout];
