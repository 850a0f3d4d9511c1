import type { ProducedDocument } from '../document.ts';
import { EDRM, type EdrmFiles, edrmDocument, edrmFolder, edrmHead, edrmRelationship, xmlValue } from '../edrm-xml.ts';
import type { Carry } from '../rows.ts';
import { documents, type ProductionRun, putFile, textChunks } from '../run.ts';
import { writeFiles } from './files.ts';

/** The texts of an EDRM XML file: documents, then how they belong together, then where they lay. */
export async function* edrmTexts(
  run: ProductionRun,
  filesOf: (document: ProducedDocument) => EdrmFiles,
  included: (document: ProducedDocument) => boolean = () => true,
): AsyncGenerator<string> {
  const ignore = () => undefined;
  yield edrmHead(run.rows, run.options.name);
  for await (const document of documents(run)) {
    if (included(document)) yield edrmDocument(document, run.rows, filesOf(document), ignore);
  }
  yield EDRM.relationships;
  for await (const document of documents(run)) if (included(document)) yield edrmRelationship(document);
  yield EDRM.folders;
  let folder = '';
  let numbers: string[] = [];
  for await (const document of documents(run)) {
    if (!included(document)) continue;
    const name = [document.family.custodian, ...document.family.folderPath].join('/');
    if (name !== folder && numbers.length > 0) {
      yield edrmFolder(folder, numbers);
      numbers = [];
    }
    folder = name;
    numbers.push(document.controlNumber);
  }
  if (numbers.length > 0) yield edrmFolder(folder, numbers);
  yield EDRM.end;
}

/** EDRM XML with natives and texts in volumes. */
export async function writeEdrm(run: ProductionRun): Promise<Carry> {
  await writeFiles(run, { natives: run.options.natives, text: run.options.text });
  const { outcomes } = run;
  const filesOf = ({ position, nativePath, textPath }: ProducedDocument): EdrmFiles => ({
    native: outcomes.hasNative(position) ? nativePath : null,
    text: outcomes.hasText(position) ? textPath : null,
  });
  await putFile(run, 'edrm.xml', () => textChunks(edrmTexts(run, filesOf)));
  return xmlValue;
}
