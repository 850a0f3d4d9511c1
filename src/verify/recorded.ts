import { findingSchema, type ManifestReader, readLines } from '../manifest/index.ts';
import { type Finding, type Ledger, MailproofError, openIfThere } from '../model/index.ts';

/** The ledger; null where it is not there or is none. The checks of the run's files say so. */
export async function ledgerOf(manifest: ManifestReader): Promise<Ledger | null> {
  try {
    return await manifest.ledger();
  } catch (error) {
    if (error instanceof MailproofError && /^(MANIFEST_INVALID|SOURCE_NOT_FOUND)$/.test(error.code)) return null;
    throw error;
  }
}

function asFinding(text: string): Finding | null {
  try {
    const checked = findingSchema.safeParse(JSON.parse(text));
    return checked.success ? checked.data : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** What the run recorded in `findings.jsonl`; lines that are no findings are left out, and the count then differs. */
export async function recordedFindings(manifest: ManifestReader, signal?: AbortSignal): Promise<Finding[]> {
  const findings: Finding[] = [];
  const file = await openIfThere(manifest.sink, manifest.root.findings.annotations?.['path'] ?? 'findings.jsonl');
  if (file === null) return findings;
  try {
    for await (const lines of readLines(file, signal)) {
      for (const { text } of lines) {
        const finding = asFinding(text);
        if (finding !== null) findings.push(finding);
      }
    }
  } catch (error) {
    if (!(error instanceof MailproofError) || error.code !== 'MANIFEST_INVALID') throw error;
  } finally {
    await file.close();
  }
  return findings;
}

/** The values of an output log that lay inside the archive, as its record keeps them: JSON of strings. */
export function logValues(detail: string | null): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  if (detail === null) return values;
  try {
    const parsed: unknown = JSON.parse(detail);
    if (typeof parsed !== 'object' || parsed === null) return values;
    for (const [key, value] of Object.entries(parsed)) if (typeof value === 'string') values[key] = value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return values;
}
