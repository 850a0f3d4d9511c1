import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isQueueEvent, readEvent } from '../../src/hook/events.ts';
import {
  bridgeEvent,
  cephNotification,
  queueEvent,
  s3Notification,
  testEvent,
  topicEnvelope,
  topicEvent,
} from './documents.ts';

const organizationId = `m-${'0123456789abcdef'.repeat(2)}`;
const object = (key: string, versionId: string | null = null) => ({
  kind: 'object',
  bucket: 'exports',
  key,
  versionId,
});
const job = { kind: 'job', organizationId, jobId: '0f6ca1b2-1' };

describe('events that ask for something', () => {
  test.each([
    [
      'S3, a key with blanks and letters',
      s3Notification('exports', 'mail/Zoë Ünal +1.zip'),
      [object('mail/Zoë Ünal +1.zip')],
    ],
    ['S3, "+" and "%" in the key itself', s3Notification('exports', 'a+b%20c.zip'), [object('a+b%20c.zip')]],
    ['S3, a version', s3Notification('exports', 'a.zip', { versionId: '096fKK' }), [object('a.zip', '096fKK')]],
    ['S3, put and copy', s3Notification('exports', 'a.ZIP', { eventName: 'ObjectCreated:Copy' }), [object('a.ZIP')]],
    ['radosgw', cephNotification('exports', 'mail/ü +1%20.zip'), [object('mail/ü +1%20.zip')]],
    ['EventBridge writes keys as they are', bridgeEvent('exports', 'a+b%20 c.zip'), [object('a+b%20 c.zip')]],
    ['EventBridge, a version', bridgeEvent('exports', 'a.zip', { versionId: 'v1' }), [object('a.zip', 'v1')]],
    ['direct', { organizationId, jobId: '0f6ca1b2-1' }, [job]],
  ])('%s', (_, event, targets) => {
    expect(readEvent(event)).toEqual([{ id: null, targets, ignored: [], failure: null }]);
    // The same, by way of a topic, and of a topic to a queue.
    expect(readEvent(topicEvent(event))).toEqual([{ id: null, targets, ignored: [], failure: null }]);
    expect(readEvent(queueEvent(topicEnvelope(event)))).toEqual([
      { id: 'message-0', targets, ignored: [], failure: null },
    ]);
    // The same, as a queue carries it.
    expect(readEvent(queueEvent(event))).toEqual([{ id: 'message-0', targets, ignored: [], failure: null }]);
    expect([isQueueEvent(event), isQueueEvent(queueEvent(event))]).toEqual([false, true]);
  });
});

describe('events that ask for nothing say why', () => {
  test.each([
    ['the test S3 sends first', testEvent, 'test-event'],
    ['a removal', s3Notification('exports', 'a.zip', { eventName: 'ObjectRemoved:Delete' }), 'not-created'],
    ['a removal on the bus', bridgeEvent('exports', 'a.zip', { type: 'Object Deleted' }), 'not-created'],
    ['a file of a manifest', s3Notification('exports', 'a.mailproof/v/manifest.json'), 'not-an-archive'],
    ['a zip beside a manifest', bridgeEvent('exports', 'a.mailproof/v/production.zip'), 'own-output'],
    [
      'a delete marker',
      s3Notification('exports', 'a.zip', { eventName: 'ObjectRemoved:DeleteMarkerCreated', versionId: 'v' }),
      'not-created',
    ],
    [
      'a delete marker on the bus',
      bridgeEvent('exports', 'a.zip', { type: 'Object Deleted', versionId: 'v' }),
      'not-created',
    ],
    [
      'an archive brought back from Glacier',
      bridgeEvent('exports', 'a.zip', { type: 'Object Restore Completed' }),
      'not-created',
    ],
    ['tags', s3Notification('exports', 'a.zip', { eventName: 'ObjectTagging:Put' }), 'not-created'],
    ['an output log', bridgeEvent('exports', 'a.json'), 'not-an-archive'],
    ['a folder marker, encoded', s3Notification('exports', 'mail/'), 'not-an-archive'],
    ['the test S3 sends first, by way of a topic', topicEvent(testEvent), 'test-event'],
    [
      'a removal, by way of a topic',
      topicEvent(bridgeEvent('exports', 'a.zip', { type: 'Object Deleted' })),
      'not-created',
    ],
    ['our own output, by way of a topic', topicEvent(s3Notification('exports', 'a.mailproof/v/b.zip')), 'own-output'],
    ['a folder of a console', bridgeEvent('exports', 'a.zip/'), 'not-an-archive'],
  ])('%s', (_, event, reason) => {
    expect(readEvent(event)).toEqual([{ id: null, targets: [], ignored: [reason], failure: null }]);
  });
});

describe('events that cannot be read', () => {
  test.each([
    ['nothing', null],
    ['a text', 'x'],
    ['an empty list', { Records: [] }],
    ['another service', { Records: [{ eventSource: 'aws:dynamodb' }] }],
    [
      'a key that is not encoded',
      {
        Records: s3Notification('b', 'x').Records.map((record) => ({
          ...record,
          s3: { ...record.s3, object: { key: '%E0%A4%A.zip' } },
        })),
      },
    ],
    ['a job id of a path', { organizationId, jobId: '../x' }],
    ['a job and something else', { organizationId, jobId: 'a', bucket: 'b' }],
    ['a batch within a batch', queueEvent('{}').Records[0]],
    ['a topic within a topic', topicEvent(topicEnvelope(bridgeEvent('exports', 'a.zip')))],
    ['a topic that carries no JSON', topicEvent('plain words')],
    ['a topic asking to be confirmed', { Type: 'SubscriptionConfirmation', TopicArn: 'arn:x', Message: 'confirm' }],
    ['a bucket without a name', bridgeEvent('', 'a.zip')],
    ['an object without a key', bridgeEvent('exports', '')],
    [
      'a number for a key',
      {
        Records: [
          { eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'b' }, object: { key: 7 } } },
        ],
      },
    ],
  ])('%s fails, and no retry is said to help', (_, event) => {
    const [message] = readEvent(event);
    expect(message?.targets).toEqual([]);
    expect(message?.failure).toMatchObject({ code: 'PARAMETER_INVALID', retryable: false });
  });

  test('one bad message of a batch does not hold up the others', () => {
    const event = queueEvent('no json', bridgeEvent('exports', 'a.zip'), queueEvent('{}'), {
      organizationId,
      jobId: 'j',
    });
    const read = readEvent(event);
    expect(read.map(({ id, targets, failure }) => [id, targets.length, failure === null])).toEqual([
      ['message-0', 0, false],
      ['message-1', 1, true],
      ['message-2', 0, false],
      ['message-3', 1, true],
    ]);
  });

  test('whatever comes, nothing is thrown and every message is answered', () => {
    fc.assert(
      fc.property(fc.anything(), fc.array(fc.string()), (event, bodies) => {
        expect(readEvent(event).length).toBeGreaterThan(0);
        if (bodies.length > 0) expect(readEvent(queueEvent(...bodies))).toHaveLength(bodies.length);
      }),
      { seed: 6, numRuns: 300 },
    );
  });
});
