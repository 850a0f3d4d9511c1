import type { SandboxResponse } from '../../http/response.ts';
import { emptyAnswer, xmlAnswer } from '../answer.ts';
import { findVersion } from '../lookup.ts';
import type { S3Call } from '../state.ts';
import { child, childText } from '../xml.ts';
import { readDocument } from './bucket.ts';

export function getObjectTagging(call: S3Call): SandboxResponse {
  const version = findVersion(call);
  return xmlAnswer('Tagging', { TagSet: { Tag: version.tags.map(([Key, Value]) => ({ Key, Value })) } });
}

export async function putObjectTagging(call: S3Call): Promise<SandboxResponse> {
  const version = findVersion(call);
  const tags = child(await readDocument(call), 'TagSet')?.children ?? [];
  version.tags = tags.map((tag) => [childText(tag, 'Key') ?? '', childText(tag, 'Value') ?? '']);
  return emptyAnswer();
}

export function deleteObjectTagging(call: S3Call): SandboxResponse {
  findVersion(call).tags = [];
  return emptyAnswer({}, 204);
}
