import { createHash, type Hash } from 'node:crypto';
import { xmlValue } from '../edrm-xml.ts';
import type { FamilyFile, FileMaker } from '../family-file.ts';
import { FamilyFiles } from '../family-files.ts';
import type { Output } from '../output.ts';
import type { ProductionRun } from '../run.ts';
import { exceptionsBy, sidecars } from '../sidecars.ts';
import { edrmFile } from './edrm.ts';
import { writeFiles } from './files.ts';

const escaped = (text: string): string =>
  text.replace(/\p{Cc}/gu, ' ').replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** `._metadata/image_metadata.xml`. */
function imageMetadata({ options }: ProductionRun): string {
  const properties: readonly (readonly [string, string])[] = [
    ['case-number', options.caseNumber],
    ['creation-datetime', options.createdAt],
    ['creation-software-name', 'Mailproof'],
    ['creation-software-version', options.version],
    ['evidence-number', options.evidenceNumber],
    ['examiner-name', options.examiner],
  ];
  const lines = properties.map(([key, value]) => `<property key="${key}" value="${escaped(value)}"/>\n`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<image-metadata>\n<properties>\n${lines.join('')}</properties>\n</image-metadata>\n`;
}

/** A Nuix logical image: a zip of the natives as a tree, with EDRM XML that says what they are. */
export async function writeNuix(run: ProductionRun, makeZip: (path: string) => Output): Promise<void> {
  const path = `${run.options.name}.nli`;
  const image = makeZip(path);
  const beside = new FamilyFiles(run, sidecars(run, exceptionsBy(run, xmlValue)));
  const contents = edrmFile(
    run,
    '._metadata/image_contents.xml',
    ({ position, nativePath }) => ({ native: run.outcomes.hasNative(position) ? nativePath : null, text: null }),
    ({ parent }) => parent < 0,
  );
  let sha1 = createHash('sha1');
  const hashed: FamilyFile = {
    path: contents.path,
    // Begun again where it is too large to be held until the image can take it.
    begin() {
      sha1 = createHash('sha1');
      return hashing(contents.begin(), sha1);
    },
  };
  try {
    await beside.open();
    const within: ProductionRun = { ...run, output: image, files: [] };
    await writeFiles(within, { natives: run.options.natives, text: false }, { files: [hashed], elsewhere: beside });
    await image.put('._metadata/image_metadata.xml', Buffer.from(imageMetadata(run), 'utf8'));
    await image.put('._metadata/image_contents.sha1_hash', sha1.digest());
    await image.close();
    run.files.push(path);
    await beside.close();
  } catch (error) {
    await image.abort(error);
    throw await beside.fail(error);
  }
}

function hashing(maker: FileMaker, sha1: Hash): FileMaker {
  function* hashed(chunks: Iterable<Uint8Array>): Generator<Uint8Array> {
    for (const chunk of chunks) {
      sha1.update(chunk);
      yield chunk;
    }
  }
  return {
    async *head() {
      for await (const chunk of maker.head?.() ?? []) yield* hashed([chunk]);
    },
    take: (family) => hashed(maker.take(family)),
    end: () => hashed(maker.end()),
  };
}
