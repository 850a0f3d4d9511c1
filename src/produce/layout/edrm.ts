import type { Family, ProducedDocument } from '../document.ts';
import { EDRM, type EdrmFiles, edrmDocument, edrmFolder, edrmHead, edrmRelationship, xmlValue } from '../edrm-xml.ts';
import { type FamilyFile, textFile } from '../family-file.ts';
import type { ProductionRun } from '../run.ts';
import { exceptionsBy, sidecars } from '../sidecars.ts';
import { writeFiles } from './files.ts';

/** Documents of one folder, one after the other. */
interface FolderRun {
  readonly name: string;
  readonly numbers: string[];
}

/**
 * An EDRM XML file: documents, then how they belong together, then where they lay. The last two are known when the documents
 * have gone by, and are held until then: some 60 octets a document, 200 a child.
 */
export const edrmFile = (
  run: ProductionRun,
  path: string,
  filesOf: (document: ProducedDocument) => EdrmFiles,
  included: (document: ProducedDocument) => boolean = () => true,
): FamilyFile =>
  textFile({
    path,
    begin() {
      const relationships: string[] = [];
      const folders: FolderRun[] = [];
      return {
        head: edrmHead(run.rows, run.options.name),
        *rows(family) {
          const documents = family.documents.filter(included);
          for (const document of documents) yield edrmDocument(document, run.rows, filesOf(document), () => undefined);
          for (const document of documents) {
            const relationship = edrmRelationship(document);
            if (relationship !== '') relationships.push(relationship);
          }
          const name = folderName(family);
          let last = folders.at(-1);
          if (last?.name !== name) {
            last = { name, numbers: [] };
            folders.push(last);
          }
          for (const { controlNumber } of documents) last.numbers.push(controlNumber);
        },
        *tail() {
          yield EDRM.relationships;
          yield* relationships;
          yield EDRM.folders;
          for (const { name, numbers } of folders) if (numbers.length > 0) yield edrmFolder(name, numbers);
          yield EDRM.end;
        },
      };
    },
  });

const folderName = ({ custodian, folderPath }: Family): string => [custodian, ...folderPath].join('/');

/** EDRM XML with natives and texts in volumes. */
export async function writeEdrm(run: ProductionRun): Promise<void> {
  const { outcomes, options } = run;
  const filesOf = ({ position, nativePath, textPath }: ProducedDocument): EdrmFiles => ({
    native: outcomes.hasNative(position) ? nativePath : null,
    text: outcomes.hasText(position) ? textPath : null,
  });
  const files = [edrmFile(run, 'edrm.xml', filesOf), ...sidecars(run, exceptionsBy(run, xmlValue))];
  await writeFiles(run, { natives: options.natives, text: options.text }, { files });
}
