import { cellText } from './cell-text.ts';
import type { ProducedDocument } from './document.ts';
import type { Note } from './exceptions.ts';
import { type FieldName, fieldValue } from './field.ts';
import { fieldType } from './field-types.ts';
import { MEDIA_TYPES_OF_MAIL } from './media-types.ts';
import type { Carry, RowSettings } from './rows.ts';

/** XML 1.0 §2.2: characters no XML document may hold, even as a reference. */
const FORBIDDEN = /(?![\t\n\r\u0080-\u009f])[\p{Cc}\ufffe\uffff\p{Surrogate}]/gu;

/** Makes text fit XML; what is left out is noted. */
export const xmlValue: Carry = (text, column, note) => {
  const kept = text.replace(FORBIDDEN, '');
  if (kept.length !== text.length) note(column, 'SIGN_RESERVED', 'signs XML cannot hold: left out');
  return kept;
};

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // An attribute's line ends and tabs would be read as spaces, a bare CR as LF.
  '\r': '&#13;',
  '\n': '&#10;',
  '\t': '&#9;',
};
const escaped = (text: string): string =>
  text.replace(FORBIDDEN, '').replace(/[&<>"\r\n\t]/g, (sign) => ESCAPES[sign] ?? sign);
const attributes = (values: Readonly<Record<string, string | number | null>>): string =>
  Object.entries(values)
    .map(([name, value]) => (value === null ? '' : ` ${name}="${escaped(String(value))}"`))
    .join('');

/** An NCName of a column's name. */
export const fieldKey = (name: string): string => name.replace(/[^A-Za-z0-9_]/g, '');

const LONG: ReadonlySet<FieldName> = new Set(['to', 'cc', 'bcc', 'references', 'allPaths', 'attachmentNames']);
const DATA_TYPES = { moment: 'DateTime', number: 'LongInteger', boolean: 'Boolean', text: 'Text' } as const;
const dataType = (field: FieldName): string => (LONG.has(field) ? 'LongText' : DATA_TYPES[fieldType(field)]);

/** The beginning of an EDRM XML 1.2 file, up to its documents. */
export function edrmHead({ profile }: RowSettings, description: string): string {
  const fields = profile.columns.map(
    ([name, field]) => `<Field${attributes({ Name: name, DataType: dataType(field), Key: fieldKey(name) })}/>\n`,
  );
  const root = {
    MajorVersion: 1,
    MinorVersion: 2,
    Description: description,
    Locale: 'US',
    DataInterchangeType: 'Update',
  };
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Root${attributes(root)}>\n<Fields>\n${fields.join('')}</Fields>\n<Batch>\n<Documents>\n`;
}

/** How an element of a document refers to its files. */
export interface EdrmFiles {
  /** The folder and name of the native, as the file writes them. */
  readonly native: string | null;
  readonly text: string | null;
}

/** A document's element. */
export function edrmDocument(document: ProducedDocument, settings: RowSettings, files: EdrmFiles, note: Note): string {
  const values = settings.profile.columns.flatMap(([name, field, format]) => {
    const value = fieldValue(field, document, settings);
    if (value === null) return [];
    const text = value.kind === 'boolean' ? String(value.value) : cellText(value, name, format, settings, note);
    const kept = xmlValue(text, name, note);
    return kept === '' ? [] : [`<${fieldKey(name)}>${escaped(kept)}</${fieldKey(name)}>\n`];
  });
  const { native, family } = document;
  const written = [
    files.native === null || native === null
      ? ''
      : file(
          'Native',
          files.native,
          settings.profile.pathSeparator,
          native.size,
          native.sha1 ?? settings.outcomes.sha1(document.position),
        ),
    files.text === null
      ? ''
      : file('Text', files.text, settings.profile.pathSeparator, settings.outcomes.textLength(document.position), null),
  ].join('');
  const isMail = document.kind === 'message';
  const location = [
    `<Custodian>${escaped(family.custodian)}</Custodian>`,
    `<Description>${escaped(family.folderPath.join('/'))}</Description>`,
    `<LocationURI>${escaped(document.record.source.entry)}</LocationURI>`,
  ].join('');
  return [
    `<Document${attributes({ DocID: document.controlNumber, DocType: isMail ? 'Message' : 'File', MimeType: isMail ? MEDIA_TYPES_OF_MAIL : document.mediaType })}>\n`,
    `<FieldValues>\n${values.join('')}</FieldValues>\n`,
    written === '' ? '' : `<Files>\n${written}</Files>\n`,
    `<Locations><Location>${location}</Location></Locations>\n</Document>\n`,
  ].join('');
}

function file(type: string, path: string, separator: string, size: number, sha1: string | null): string {
  const cut = path.lastIndexOf('/');
  const external = {
    FilePath: cut < 0 ? '' : path.slice(0, cut).replaceAll('/', separator),
    FileName: path.slice(cut + 1),
    FileSize: size,
    Hash: sha1,
    HashType: sha1 === null ? null : 'SHA-1',
  };
  return `<File FileType="${type}"><ExternalFile${attributes(external)}/></File>\n`;
}

/** A child's tie to its parent; empty for a document that has none. */
export function edrmRelationship(document: ProducedDocument): string {
  const parent = document.family.documents[document.parent];
  if (parent === undefined) return '';
  const relationship = {
    Type: parent.kind === 'message' ? 'Attachment' : 'Container',
    ParentDocId: parent.controlNumber,
    ChildDocId: document.controlNumber,
  };
  return `<Relationship${attributes(relationship)}/>\n`;
}

/** A folder, and the documents of one run of families in it. */
export const edrmFolder = (name: string, numbers: readonly string[]): string =>
  `<Folder${attributes({ FolderName: name })}>\n${numbers.map((number) => `<Document${attributes({ DocId: number })}/>\n`).join('')}</Folder>\n`;

export const EDRM = {
  relationships: '</Documents>\n<Relationships>\n',
  folders: '</Relationships>\n<Folders>\n',
  end: '</Folders>\n</Batch>\n</Root>\n',
} as const;
