import { createHash } from 'node:crypto';
import { xmlValue } from '../edrm-xml.ts';
import type { Output } from '../output.ts';
import type { Carry } from '../rows.ts';
import { type ProductionRun, textChunks } from '../run.ts';
import { edrmTexts } from './edrm.ts';
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
export async function writeNuix(run: ProductionRun, makeZip: (path: string) => Output): Promise<Carry> {
  const path = `${run.options.name}.nli`;
  const image = makeZip(path);
  try {
    const within: ProductionRun = { ...run, output: image };
    await writeFiles(within, { natives: run.options.natives, text: false });
    let sha1 = createHash('sha1');
    async function* contents(): AsyncGenerator<Uint8Array> {
      // Made once to be measured, and once to be written.
      sha1 = createHash('sha1');
      const texts = edrmTexts(
        run,
        ({ position, nativePath }) => ({ native: run.outcomes.hasNative(position) ? nativePath : null, text: null }),
        ({ parent }) => parent < 0,
      );
      for await (const chunk of textChunks(texts)) {
        sha1.update(chunk);
        yield chunk;
      }
    }
    await image.put('._metadata/image_contents.xml', contents);
    await image.put('._metadata/image_metadata.xml', Buffer.from(imageMetadata(run), 'utf8'));
    await image.put('._metadata/image_contents.sha1_hash', sha1.digest());
    await image.close();
  } catch (error) {
    await image.abort(error);
    throw error;
  }
  run.files.push(path);
  return xmlValue;
}
