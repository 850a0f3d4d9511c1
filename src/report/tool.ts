import { z } from 'zod';
import type { JsonObject } from '../model/index.ts';

const toolSchema = z.object({
  name: z.string(),
  version: z.string(),
  node: z.string(),
  digest: z.string(),
  listed: z.string(),
  files: z.number(),
  dependencies: z
    .array(
      z.object({
        name: z.string(),
        version: z.string(),
        integrity: z.string().nullable(),
        packageJson: z.string(),
      }),
    )
    .nullable(),
});

/** What exactly ran: the tool's own files by one digest, and what they depend on. */
export type ToolRun = z.infer<typeof toolSchema>;

/** What the custody record says of the tool; null where it does not, as those of earlier versions. */
export function toolOf(custody: JsonObject | null): ToolRun | null {
  const checked = toolSchema.safeParse(custody?.['tool']);
  return checked.success ? checked.data : null;
}

/** The lock's digest of the package as it was published, else that of its package.json as it lay there. */
export const dependencyDigest = ({ integrity, packageJson }: NonNullable<ToolRun['dependencies']>[number]): string =>
  integrity ?? `${packageJson} (package.json)`;
