import { hash } from 'node:crypto';
import type { PutResult } from '../../model/index.ts';
import { withoutControls } from '../control-signs.ts';
import { quotedLine } from '../csv.ts';
import { emailOf, type Family, type ProducedDocument } from '../document.ts';
import type { Note } from '../exceptions.ts';
import { type FamilyFile, textFile } from '../family-file.ts';
import { addressText } from '../people.ts';
import { identityCarry } from '../rows.ts';
import { type ProductionRun, putFile } from '../run.ts';
import { exceptionsBy, type FamilyExceptions, sidecars } from '../sidecars.ts';
import { writeFiles } from './files.ts';

/** Rows of one `mailbag.csv`. */
const TABLE_ROWS = 100_000;

const COLUMNS = [
  'Error',
  'Mailbag-Message-ID',
  'Message-ID',
  'Original-File',
  'Message-Path',
  'Derivatives-Path',
  'Attachments',
  'Date',
  'From',
  'To',
  'Cc',
  'Bcc',
  'Subject',
  'Content-Type',
] as const;
const ATTACHMENT_COLUMNS = ['Original-Filename', 'Mailbag-Path', 'MimeType', 'Content-ID'] as const;

/** A tag file holds one value a line. */
const oneLine = (text: string): string => text.replace(/[\r\n\0]+/g, ' ').trim();

const isWritten = (run: ProductionRun, document: ProducedDocument): boolean =>
  document.nativePath !== null && document.shares < 0 && run.outcomes.hasNative(document.position);

const attachmentsOf = (run: ProductionRun, family: Family): ProducedDocument[] =>
  family.documents.filter((document) => document.parent === 0 && isWritten(run, document));

function attachmentTable(run: ProductionRun, family: Family): Buffer | null {
  const attachments = attachmentsOf(run, family);
  if (attachments.length === 0 || family.documents[0]?.kind !== 'message') return null;
  const lines = attachments.map((document) =>
    quotedLine([document.fileName ?? '', baseName(document.nativePath), document.mediaType, document.part?.cid ?? '']),
  );
  return Buffer.from([quotedLine(ATTACHMENT_COLUMNS), ...lines].join(''), 'utf8');
}

const baseName = (path: string | null): string => (path ?? '').slice((path ?? '').lastIndexOf('/') + 1);
const tablePath = (family: Family): string => `data/attachments/${family.first}/attachments.csv`;

/** A family's row of `mailbag.csv`. */
function row(run: ProductionRun, family: Family, note: Note): readonly string[] {
  const [document] = family.documents;
  const email = document === undefined ? null : emailOf(document);
  const people = (list: readonly { name: string | null; email: string }[] | null | undefined) =>
    (list ?? []).map(addressText).join('; ');
  const missing = document !== undefined && run.outcomes.isMissing(document.position);
  const folder = family.folder;
  const cells = [
    missing ? 'True' : '',
    family.first,
    document?.record.identity.messageId ?? '',
    document?.record.source.entry ?? '',
    family.folderPath.join('/'),
    folder,
    String(attachmentsOf(run, family).length),
    email?.sentAt ?? '',
    people(email?.from),
    people(email?.to),
    people(email?.cc),
    people(email?.bcc),
    email?.subject ?? '',
    email?.bodyStructure.type ?? document?.mediaType ?? '',
  ];
  return cells.map((cell, at) => withoutControls(cell, COLUMNS[at] ?? '', note));
}

/** What no row could carry, and documents without their octets. */
function exceptionsOf(run: ProductionRun): FamilyExceptions {
  const missing = exceptionsBy(run, identityCarry);
  return (family) => {
    const found = [...missing(family)];
    const { first: controlNumber, documents } = family;
    row(run, family, (column, code, detail) => {
      found.push({ controlNumber, record: documents[0]?.id ?? '', column, code, detail });
    });
    return found;
  };
}

/** RFC 8493 §2.1.3: `digest  path`, LF; names never hold a line end. */
const manifestLine = (sha256: string, path: string): string => `${sha256}  ${path}\n`;

/** A Mailbag: BagIt 1.0 with mail, its attachments and the tables that describe them. */
export async function writeMailbag(run: ProductionRun): Promise<void> {
  const tags: string[] = [];
  const noteTag = (path: string, { digest }: PutResult): void => {
    tags.push(manifestLine(digest.slice('sha256:'.length), path));
  };
  const tag = async (path: string, content: string): Promise<void> => {
    noteTag(path, await run.output.put(path, Buffer.from(content, 'utf8')));
    run.files.push(path);
  };
  const payload: Payload = { octets: 0, files: 0 };
  const beside = sidecars(run, exceptionsOf(run));
  const isBeside = new Set(beside.map(({ path }) => path));
  await tag('bagit.txt', 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n');
  await writeFiles(
    run,
    { natives: run.options.natives, text: false },
    {
      files: [manifestFile(run, payload), ...mailTables(run), ...beside],
      async done(path, result) {
        if (isBeside.has(path)) return;
        noteTag(path, result);
        if (path === MANIFEST) await tag('bag-info.txt', bagInfo(run, payload));
      },
      beside(family) {
        const octets = attachmentTable(run, family);
        return octets === null ? null : { path: tablePath(family), octets };
      },
    },
  );
  await putFile(run, 'tagmanifest-sha256.txt', Buffer.from(tags.join(''), 'utf8'));
}

const MANIFEST = 'manifest-sha256.txt';

interface Payload {
  octets: number;
  files: number;
}

/** Every payload file. Digests come from the manifest: each file was held to them when it was written. */
const manifestFile = (run: ProductionRun, payload: Payload): FamilyFile =>
  textFile({
    path: MANIFEST,
    begin() {
      payload.octets = 0;
      payload.files = 0;
      return {
        *rows(family) {
          for (const document of family.documents) {
            if (!isWritten(run, document) || document.native === null) continue;
            payload.octets += document.native.size;
            payload.files++;
            yield manifestLine(document.native.sha256, document.nativePath ?? '');
          }
          const table = attachmentTable(run, family);
          if (table === null) return;
          payload.octets += table.length;
          payload.files++;
          yield manifestLine(hash('sha256', table, 'hex'), tablePath(family));
        },
      };
    },
  });

/** `mailbag.csv`, or some of them: each of so many rows. */
function mailTables(run: ProductionRun): FamilyFile[] {
  const tables = Math.max(1, Math.ceil(run.production.familyCount / TABLE_ROWS));
  return Array.from({ length: tables }, (_, table) =>
    textFile({
      path: tables === 1 ? 'mailbag.csv' : `mailbag-${table + 1}.csv`,
      begin() {
        let place = 0;
        return {
          head: quotedLine(COLUMNS),
          *rows(family) {
            if (Math.floor(place++ / TABLE_ROWS) === table) yield quotedLine(row(run, family, () => undefined));
          },
        };
      },
    }),
  );
}

function bagInfo({ options, production }: ProductionRun, payload: Payload): string {
  const archives = production.manifests.map(
    ({ reader, custodian }) => `${custodian} sha256:${reader.root.archive.sha256}`,
  );
  const tags: readonly (readonly [string, string])[] = [
    ['Bag-Type', 'Mailbag'],
    ['Mailbag-Specification-Version', '1.0'],
    ['Mailbag-Source', 'eml'],
    ...archives.map((archive): readonly [string, string] => ['External-Identifier', archive]),
    ['Original-Included', 'False'],
    ['Mailbag-Agent', 'mailproof'],
    ['Mailbag-Agent-Version', options.version],
    ['Bagging-Timestamp', options.createdAt],
    ['Bagging-Date', options.createdAt.slice(0, 10)],
    ['EML-Agent', 'mailproof'],
    ['EML-Agent-Version', options.version],
    ['Payload-Oxum', `${payload.octets}.${payload.files}`],
  ];
  return tags.map(([label, value]) => `${label}: ${oneLine(value)}\n`).join('');
}
