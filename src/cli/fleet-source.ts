import { readSettings } from '../hook/settings.ts';
import type { Sink } from '../model/index.ts';
import type { CommonOptions, Context } from './context.ts';
import type { DecryptOptions } from './decrypted-source.ts';
import { openSink } from './sink.ts';
import { type OpenedSource, openSource } from './source.ts';

export interface FleetOptions extends CommonOptions, DecryptOptions {
  readonly source: string;
  readonly versionId?: string;
  readonly kmsKeyId?: string;
}

/**
 * A container of the fleet is set up as its functions are, by variables: what an option leaves open, they say. The state
 * machine writes `null` for the version of a bucket that has none.
 */
function completed({ environment }: Context, options: FleetOptions): FleetOptions {
  const { pins, kmsKeyId } = readSettings(environment);
  const { versionId, ...rest } = options;
  const pairs = Object.entries(pins.expectedContext ?? {}).map(([name, value]) => `${name}=${value}`);
  return {
    ...(kmsKeyId !== null && { kmsKeyId }),
    ...(pairs.length > 0 && { encryptionContext: pairs }),
    ...(pins.expectedKeyId !== undefined && { decryptKeyId: pins.expectedKeyId }),
    ...(pins.expectedAccountId !== undefined && { decryptAccount: pins.expectedAccountId }),
    ...rest,
    ...(versionId !== undefined && versionId !== 'null' && { versionId }),
  };
}

/** Opens source and destination, and closes the source whatever happens. */
export async function withBoth(
  context: Context,
  dest: string,
  options: FleetOptions,
  act: (opened: OpenedSource, sink: Sink) => Promise<number>,
): Promise<number> {
  const all = completed(context, options);
  const opened = await openSource(context, all.source, all);
  try {
    return await act(opened, await openSink(context, dest, all));
  } finally {
    await opened.source.close();
    opened.close();
  }
}
