import { hostname, platform, release } from 'node:os';
import { type Caller, NOT_ASKED } from '../aws/index.ts';
import { toolRecord } from '../io/index.ts';
import { CUSTODY_PATH, MEDIA_TYPES } from '../manifest/index.ts';
import type { JsonObject, Sink } from '../model/index.ts';
import type { FinishedRun } from '../pipeline/process.ts';
import { VERSION } from '../pipeline/version.ts';
import type { SourceFacts } from '../verify/facts.ts';

/** Who ran what, when and on what. It names the root's digest; the root knows nothing of it, so that roots compare. */
export interface CustodyInput {
  readonly command: readonly string[];
  readonly source: JsonObject;
  /** What verification needs of the source later. */
  readonly facts: SourceFacts;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly finishedAt: number;
  /** Asks whose credentials were used. Absent: nothing was asked of AWS. */
  readonly caller?: (() => Promise<Caller>) | undefined;
}

/** RFC 3339 in UTC, to the second. */
const instant = (milliseconds: number): string => `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;

/** Writes `custody.json` beside the manifest. */
export async function writeCustody(sink: Sink, finished: FinishedRun, input: CustodyInput): Promise<void> {
  const { root, rootSha256, sourceFindings } = finished;
  const [caller, tool] = await Promise.all([input.caller?.() ?? NOT_ASKED, toolRecord()]);
  const custody = {
    mediaType: MEDIA_TYPES.custody,
    manifest: { path: 'manifest.json', digest: `sha256:${rootSha256}` },
    archive: { ...root.archive },
    source: input.source,
    facts: input.facts,
    findings: sourceFindings,
    run: {
      tool: `mailproof ${VERSION}`,
      command: input.command,
      startedAt: instant(input.startedAt),
      finishedAt: instant(input.finishedAt),
      clock: 'the host’s own, not compared with any other',
      node: process.version,
      platform: `${platform()} ${release()} ${process.arch}`,
      host: hostname(),
    },
    caller,
    tool: { name: 'mailproof', version: VERSION, node: process.version, ...tool },
    limits: [
      'An export job runs over a period of time: the archive is not a snapshot of one moment.',
      'Contacts, tasks and notes are not exported by WorkMail.',
      'Whether read and flagged states and recoverable items are in an export is not documented.',
    ],
  };
  await sink.put(CUSTODY_PATH, Buffer.from(`${JSON.stringify(custody, null, 2)}\n`), {
    mediaType: MEDIA_TYPES.custody,
  });
}
