import { expect, test } from 'vitest';
import { parseSinkLocation, parseSourceLocation } from '../../src/aws/index.ts';

const organizationId = `m-${'0a'.repeat(16)}`;

test.each([
  ['s3://exports/ann/archive.zip', { kind: 's3', bucket: 'exports', key: 'ann/archive.zip', versionId: null }],
  ['S3://exports/a', { kind: 's3', bucket: 'exports', key: 'a', versionId: null }],
  ['s3://exports//a//b', { kind: 's3', bucket: 'exports', key: '/a//b', versionId: null }],
  ['s3://exports/a%20b +c?d#e.zip', { kind: 's3', bucket: 'exports', key: 'a%20b +c?d#e.zip', versionId: null }],
  [
    's3://exports/a.zip?versionId=3sL4kqtJlcpXroDTDmJ.xX_-y',
    { kind: 's3', bucket: 'exports', key: 'a.zip', versionId: '3sL4kqtJlcpXroDTDmJ.xX_-y' },
  ],
  [`job:${organizationId}/abc-123`, { kind: 'job', organizationId, jobId: 'abc-123' }],
  ['archive.zip', { kind: 'path', path: 'archive.zip' }],
  ['./job:x', { kind: 'path', path: './job:x' }],
  ['C:\\mail\\a.zip', { kind: 'path', path: 'C:\\mail\\a.zip' }],
  ['jobs/a.zip', { kind: 'path', path: 'jobs/a.zip' }],
  ['s3:/not/a/location', { kind: 'path', path: 's3:/not/a/location' }],
])('%s is read', (text, expected) => expect(parseSourceLocation(text)).toEqual(expected));

test.each([
  ['', /empty/],
  ['a\0b', /NUL/],
  ['s3://', /no name of a bucket/],
  ['s3:///key', /no name of a bucket/],
  ['s3://b*d/key', /no name of a bucket/],
  ['s3://exports', /names no object/],
  ['s3://exports/', /names no object/],
  ['s3://exports/folder/', /names no object/],
  ['https://example.org/a.zip', /https:\/\/ is not read/],
  ['file:///a.zip', /file:\/\/ is not read/],
  ['job:', /no organization id/],
  ['job:m-123/abc', /no organization id/],
  [`job:${organizationId.toUpperCase()}/abc`, /no organization id/],
  [`job:${organizationId}`, /no job id/],
  [`job:${organizationId}/`, /no job id/],
  [`job:${organizationId}/a/b`, /no job id/],
  [`job:${organizationId}/${'a'.repeat(64)}`, /no job id/],
])('%s is refused with USAGE', (text, message) => {
  expect(() => parseSourceLocation(text)).toThrow(
    expect.objectContaining({
      code: 'USAGE',
      message: expect.stringMatching(message),
      advice: expect.stringMatching(/\S/),
    }),
  );
});

test.each([
  ['s3://exports', { kind: 's3', bucket: 'exports', prefix: '' }],
  ['s3://exports/', { kind: 's3', bucket: 'exports', prefix: '' }],
  ['s3://exports/runs/one/', { kind: 's3', bucket: 'exports', prefix: 'runs/one' }],
  ['out', { kind: 'path', path: 'out' }],
])('%s is written to', (text, expected) => expect(parseSinkLocation(text)).toEqual(expected));

test.each(['s3://exports//a', 's3://exports/a/../b', 's3://exports/a//', `job:${organizationId}/a`, 'https://x', ''])(
  '%s cannot be written to',
  (text) => expect(() => parseSinkLocation(text)).toThrow(expect.objectContaining({ code: 'USAGE' })),
);
