import { z } from 'zod';
import { MailproofError } from '../model/index.ts';

/** What an event asks to be processed. */
export type HookTarget =
  | { readonly kind: 'object'; readonly bucket: string; readonly key: string; readonly versionId: string | null }
  | { readonly kind: 'job'; readonly organizationId: string; readonly jobId: string };

/** One message of an event: what SQS retries alone; everything else is a message by itself. */
export interface HookMessage {
  /** SQS's messageId, or null. */
  readonly id: string | null;
  readonly targets: readonly HookTarget[];
  /** Why parts of it ask for nothing: counted, never silent. */
  readonly ignored: readonly IgnoredReason[];
  /** What makes it unreadable; it then has no targets. */
  readonly failure: MailproofError | null;
}

export type IgnoredReason = 'test-event' | 'not-created' | 'not-an-archive' | 'own-output';

/** Amazon's and compatible servers': `aws:s3`, `ceph:s3`. Fields that are not used are not checked: S3 adds new ones. */
const notificationRecord = z.looseObject({
  eventSource: z.string().regex(/^[a-z]{2,10}:s3$/),
  eventName: z.string(),
  s3: z.looseObject({
    bucket: z.looseObject({ name: z.string().min(1) }),
    // `versionId` is there only where the bucket has versions; radosgw writes an empty one.
    object: z.looseObject({ key: z.string().min(1), versionId: z.string().optional() }),
  }),
});
const notification = z.looseObject({ Records: z.array(notificationRecord).min(1) });

/** What S3 sends once, when a notification is configured. */
const testEvent = z.looseObject({ Service: z.literal('Amazon S3'), Event: z.literal('s3:TestEvent') });

const bridgeEvent = z.looseObject({
  source: z.literal('aws.s3'),
  'detail-type': z.string(),
  detail: z.looseObject({
    bucket: z.looseObject({ name: z.string().min(1) }),
    object: z.looseObject({ key: z.string().min(1), 'version-id': z.string().optional() }),
  }),
});

const jobEvent = z.strictObject({
  organizationId: z.string().regex(/^m-[0-9a-f]{32}$/),
  jobId: z.string().regex(/^[A-Za-z0-9-]{1,63}$/),
});

const queueRecord = z.looseObject({
  eventSource: z.literal('aws:sqs'),
  messageId: z.string().min(1),
  body: z.string(),
});
const queueEvent = z.looseObject({ Records: z.array(queueRecord).min(1) });

/** S3 to SNS to Lambda; and SNS to SQS, where raw delivery is not switched on. */
const topicEvent = z.looseObject({
  Records: z
    .array(z.looseObject({ EventSource: z.literal('aws:sns'), Sns: z.looseObject({ Message: z.string() }) }))
    .min(1),
});
const topicEnvelope = z.looseObject({ Type: z.literal('Notification'), TopicArn: z.string(), Message: z.string() });

/** Below a folder that `destinationOf` names. */
const OWN_OUTPUT = /\.mailproof\//;

type Content = Omit<HookMessage, 'id'>;

const nothing = (reason: IgnoredReason): Content => ({ targets: [], ignored: [reason], failure: null });

/**
 * Reads an event of any of the shapes AWS delivers: S3 notification, EventBridge "Object Created", either by way of an SNS
 * topic, SQS batch of any (or of direct requests), `{organizationId, jobId}`. Total: what cannot be read is a message with a failure
 * (PARAMETER_INVALID, no retry helps), so that one strange message does not hold up a batch.
 */
export function readEvent(event: unknown): readonly HookMessage[] {
  const queue = queueEvent.safeParse(event);
  if (!queue.success) return [{ id: null, ...readContent(event) }];
  return queue.data.Records.map(({ messageId, body }) => ({ id: messageId, ...readBody(body) }));
}

/** Whether the answer must name the messages that failed. */
export const isQueueEvent = (event: unknown): boolean => queueEvent.safeParse(event).success;

function readBody(body: string, inTopic = false): Content {
  try {
    return readContent(JSON.parse(body), inTopic);
  } catch {
    return unreadable('The message is no JSON.');
  }
}

/** @param inTopic within a topic's envelope there is no other: nobody's nesting is followed down */
function readContent(event: unknown, inTopic = false): Content {
  const topic = topicEvent.safeParse(event);
  if (topic.success && !inTopic) return joined(topic.data.Records.map(({ Sns }) => readBody(Sns.Message, true)));
  const envelope = topicEnvelope.safeParse(event);
  if (envelope.success && !inTopic) return readBody(envelope.data.Message, true);
  if (testEvent.safeParse(event).success) return nothing('test-event');
  const job = jobEvent.safeParse(event);
  if (job.success) return { targets: [{ kind: 'job', ...job.data }], ignored: [], failure: null };
  const bridge = bridgeEvent.safeParse(event);
  if (bridge.success) {
    const { detail } = bridge.data;
    if (bridge.data['detail-type'] !== 'Object Created') return nothing('not-created');
    // EventBridge writes keys as they are: "+" is a plus and "%20" three letters.
    return objectContent(detail.bucket.name, detail.object.key, detail.object['version-id']);
  }
  const records = notification.safeParse(event);
  return records.success ? joined(records.data.Records.map(readNotification)) : unreadable(NO_SHAPE);
}

function readNotification(record: z.infer<typeof notificationRecord>): Content {
  // Amazon writes `ObjectCreated:Put`, radosgw `s3:ObjectCreated:Put`.
  if (!/^(?:s3:)?ObjectCreated:/.test(record.eventName)) return nothing('not-created');
  const { bucket, object } = record.s3;
  // radosgw 16 writes keys as they are (seen in its own events), Amazon encoded.
  const key = record.eventSource === 'aws:s3' ? formDecoded(object.key) : object.key;
  return key === null ? unreadable('A key is not URL-encoded.') : objectContent(bucket.name, key, object.versionId);
}

/** Amazon's notifications carry keys as HTML forms do: a blank is "+", everything else percent-encoded UTF-8. */
function formDecoded(key: string): string | null {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return null;
  }
}

/**
 * WorkMail writes one `.zip`. Everything else is ignored, the manifest's own files first of all: a hook that woke up for
 * what it writes would never come to rest.
 */
function objectContent(bucket: string, key: string, version: string | undefined): Content {
  if (!/\.zip$/i.test(key)) return nothing('not-an-archive');
  // A production or a copy that somebody zipped beside the manifest it came from is no export.
  if (OWN_OUTPUT.test(key)) return nothing('own-output');
  const versionId = version === undefined || version === '' || version === 'null' ? null : version;
  return { targets: [{ kind: 'object', bucket, key, versionId }], ignored: [], failure: null };
}

function joined(contents: readonly Content[]): Content {
  return {
    targets: contents.flatMap(({ targets }) => targets),
    ignored: contents.flatMap(({ ignored }) => ignored),
    failure: contents.find(({ failure }) => failure !== null)?.failure ?? null,
  };
}

const NO_SHAPE =
  'The event is none that is read: an S3 notification, an EventBridge "Object Created", an SNS notification or SQS batch of these, or {organizationId, jobId} was expected.';

function unreadable(message: string): Content {
  const failure = new MailproofError('PARAMETER_INVALID', message, {
    advice: 'Check what invokes the hook; the message itself cannot be helped by a retry.',
  });
  return { targets: [], ignored: [], failure };
}
