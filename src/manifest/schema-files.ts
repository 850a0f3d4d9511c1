import { z } from 'zod';
import type { Descriptor, Sink } from '../model/index.ts';
import { MEDIA_TYPES, schemaPath } from './layout.ts';
import { PUBLISHED_SCHEMAS } from './schema.ts';

/** Writes the JSON Schema of every kind of file of a run beside it, so that a reader in 2040 needs nothing else. */
export async function writeSchemas(sink: Sink): Promise<Descriptor[]> {
  const descriptors: Descriptor[] = [];
  for (const [name, schema] of Object.entries(PUBLISHED_SCHEMAS)) {
    const path = schemaPath(name);
    const text = `${JSON.stringify(z.toJSONSchema(schema), null, 2)}\n`;
    const { size, digest } = await sink.put(path, Buffer.from(text), { mediaType: MEDIA_TYPES.schema });
    descriptors.push({ mediaType: MEDIA_TYPES.schema, digest, size, annotations: { path } });
  }
  return descriptors;
}
