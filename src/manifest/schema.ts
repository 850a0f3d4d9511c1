import { z } from 'zod';
import type { EmailBodyPart } from '../model/index.ts';
import { INDEX_NAMES } from './layout.ts';

/** The JSON of a manifest, defined once. `z.toJSONSchema` of these is what a run publishes. */
const digest = z.templateLiteral(['sha256:', z.string().regex(/^[0-9a-f]{64}$/)]);
const hex = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`));
const count = z.int().nonnegative();

export const descriptorSchema = z.object({
  mediaType: z.string(),
  digest,
  size: count,
  annotations: z.record(z.string(), z.string()).exactOptional(),
});

export const issueSchema = z.object({
  code: z.string(),
  severity: z.enum(['info', 'warning', 'error']),
  message: z.string(),
  part: z.string().exactOptional(),
});

const address = z.object({ name: z.string().nullable(), email: z.string() });
const addresses = z.array(address).nullable();
const messageIds = z.array(z.string()).nullable();

export const bodyPartSchema: z.ZodType<EmailBodyPart> = z.object({
  partId: z.string().nullable(),
  blobId: z
    .string()
    .regex(/^sha256-[0-9a-f]{64}$/)
    .nullable(),
  size: count,
  name: z.string().nullable(),
  type: z.string(),
  charset: z.string().nullable(),
  disposition: z.string().nullable(),
  cid: z.string().nullable(),
  language: z.array(z.string()).nullable(),
  location: z.string().nullable(),
  digests: z.object({ sha256: hex(64), sha1: hex(40), md5: hex(32) }).exactOptional(),
  detectedType: z.string().exactOptional(),
  subParts: z.lazy(() => z.array(bodyPartSchema)).exactOptional(),
});

export const emailSchema = z.object({
  messageId: messageIds,
  inReplyTo: messageIds,
  references: messageIds,
  sender: addresses,
  from: addresses,
  to: addresses,
  cc: addresses,
  bcc: addresses,
  replyTo: addresses,
  subject: z.string().nullable(),
  sentAt: z.string().nullable(),
  receivedAt: z.string().nullable(),
  size: count,
  headers: z.array(z.object({ name: z.string(), value: z.string() })),
  bodyStructure: bodyPartSchema,
  textBody: z.array(bodyPartSchema),
  htmlBody: z.array(bodyPartSchema),
  attachments: z.array(bodyPartSchema),
  hasAttachment: z.boolean(),
  preview: z.string(),
  report: z.record(z.string(), z.json()).exactOptional(),
});

const time = z.object({ local: z.string(), timeZone: z.string().nullable(), utc: z.string().nullable() }).nullable();
export const calendarSchema = z.object({
  component: z.string(),
  method: z.string().nullable(),
  uid: z.string().nullable(),
  recurrenceId: time,
  start: time,
  end: time,
  jscalendar: z.record(z.string(), z.json()),
  jcal: z.json(),
});

export const recordSchema = z.object({
  id: z.string().regex(/^\d{8,}(\.[0-9a-z]+)*$/),
  type: z.enum(['Email', 'CalendarEvent', 'Task', 'Other']),
  source: z.object({ entry: z.string(), index: count, offset: count, crc32: hex(8).nullable() }),
  folderPath: z.array(z.string()),
  native: descriptorSchema.extend({ md5: hex(32) }).nullable(),
  family: z.object({
    root: z.string(),
    parent: z.string().nullable(),
    part: z.string().nullable(),
    depth: count,
  }),
  identity: z.object({
    messageId: z.string().nullable(),
    mih: hex(32).nullable(),
    contentHash: z.string().nullable(),
    familyHash: z.string().nullable(),
  }),
  issues: z.array(issueSchema),
  text: z.object({ path: z.string(), offset: count, length: count, digest }).exactOptional(),
  keywords: z.array(z.string()).exactOptional(),
  email: emailSchema.exactOptional(),
  event: calendarSchema.exactOptional(),
  task: calendarSchema.exactOptional(),
  attachment: bodyPartSchema.exactOptional(),
  other: z.object({ kind: z.string(), detail: z.string().nullable() }).exactOptional(),
});

const shardSchema = z.object({
  records: descriptorSchema,
  index: descriptorSchema,
  text: descriptorSchema.nullable(),
  count,
  firstId: z.string(),
  lastId: z.string(),
});

export const rootSchema = z.object({
  schemaVersion: z.literal(1),
  mediaType: z.literal('application/vnd.mailproof.manifest.v1+json'),
  tool: z.object({ name: z.literal('mailproof'), version: z.string() }),
  archive: z.object({
    format: z.string(),
    size: count,
    sha256: hex(64),
    sha384: hex(96),
    md5: hex(32),
    salvaged: z.boolean(),
  }),
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  counts: z.object({
    entries: count,
    records: count,
    items: count,
    issues: count,
    errors: count,
    findings: count,
    nativeBytes: count,
  }),
  balanced: z.boolean(),
  shards: z.array(shardSchema),
  indexes: z.array(
    z.object({
      name: z.enum(INDEX_NAMES),
      rows: descriptorSchema,
      blocks: descriptorSchema,
      count,
    }),
  ),
  ledger: descriptorSchema,
  findings: descriptorSchema,
  schemas: z.array(descriptorSchema),
});

export const findingSchema = z.object({
  check: z.string(),
  severity: z.enum(['info', 'warning', 'error']),
  message: z.string(),
  expected: z.string().exactOptional(),
  found: z.string().exactOptional(),
  entry: z.string().exactOptional(),
  record: z.string().exactOptional(),
  range: z.tuple([count, count]).exactOptional(),
});

const gap = z.object({ start: count, end: count, reason: z.string() });
const counts = z.record(z.string(), count);
const remainder = z.int();
export const ledgerSchema = z.object({
  archive: z.object({
    size: count,
    headers: count,
    data: count,
    descriptors: count,
    directory: count,
    gaps: z.array(gap),
    gapBytes: count,
    unaccounted: remainder,
  }),
  entries: z.object({
    declared: count.nullable(),
    found: count,
    items: count,
    directories: count,
    logs: count,
    other: count,
    unreadable: count,
    unaccounted: remainder,
  }),
  items: z.object({ total: count, read: count, readWithIssues: count, unreadable: count, unaccounted: remainder }),
  records: z.object({ total: count, byType: counts }),
  parts: z.object({ declared: count, extracted: count, failed: count, unaccounted: remainder }),
  nativeBytes: count,
  textBytes: count,
  folders: counts,
  issues: counts,
  balanced: z.boolean(),
});

/** The schemas a run publishes, by name. */
export const PUBLISHED_SCHEMAS = {
  record: recordSchema,
  root: rootSchema,
  ledger: ledgerSchema,
  finding: findingSchema,
} as const;
