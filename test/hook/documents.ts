/** Event documents as AWS's guides and radosgw print them; only names and keys are ours. */
export function s3Notification(bucket: string, key: string, more: { versionId?: string; eventName?: string } = {}) {
  return {
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        awsRegion: 'us-east-1',
        eventTime: '2026-03-01T09:30:00.000Z',
        eventName: more.eventName ?? 'ObjectCreated:CompleteMultipartUpload',
        userIdentity: { principalId: 'AWS:AROAEXAMPLE' },
        requestParameters: { sourceIPAddress: '192.0.2.3' },
        responseElements: {
          'x-amz-request-id': 'C3D13FE58DE4C810',
          'x-amz-id-2': 'FMyUVURIY8/IgAtTv8xRjskZQpcIZ9KG4V5Wp6S7S',
        },
        s3: {
          s3SchemaVersion: '1.0',
          configurationId: 'exports',
          bucket: { name: bucket, ownerIdentity: { principalId: 'A3NL1KOZZKExample' }, arn: `arn:aws:s3:::${bucket}` },
          object: {
            // As S3 writes keys into notifications: a form's encoding.
            key: encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+'),
            size: 1024,
            eTag: 'd41d8cd98f00b204e9800998ecf8427e',
            sequencer: '0055AED6DCD90281E5',
            ...(more.versionId === undefined ? {} : { versionId: more.versionId }),
          },
        },
      },
    ],
  };
}

export function bridgeEvent(bucket: string, key: string, more: { versionId?: string; type?: string } = {}) {
  return {
    version: '0',
    id: '17793124-05d4-b198-2fde-7ededc63b103',
    'detail-type': more.type ?? 'Object Created',
    source: 'aws.s3',
    account: '123456789012',
    time: '2026-03-01T09:30:00Z',
    region: 'us-east-1',
    resources: [`arn:aws:s3:::${bucket}`],
    detail: {
      version: '0',
      bucket: { name: bucket },
      object: {
        key,
        size: 5,
        etag: 'b57f9512698f4b09e608f4f2a65852e5',
        sequencer: '00617F08299329D189',
        ...(more.versionId === undefined ? {} : { 'version-id': more.versionId }),
      },
      'request-id': 'N4N7GDK58NMKJ12R',
      requester: 'export.workmail.amazonaws.com',
      'source-ip-address': '192.0.2.3',
      reason: 'CompleteMultipartUpload',
    },
  };
}

export function queueEvent(...bodies: readonly unknown[]) {
  return {
    Records: bodies.map((body, place) => ({
      messageId: `message-${place}`,
      receiptHandle: 'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      attributes: { ApproximateReceiveCount: '1', SentTimestamp: '1545082649183' },
      messageAttributes: {},
      md5OfBody: 'e4e68fb7bd0e697a0ae8f1bb342846b3',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:hook',
      awsRegion: 'us-east-1',
    })),
  };
}

export const testEvent = {
  Service: 'Amazon S3',
  Event: 's3:TestEvent',
  Time: '2026-03-01T09:30:00.000Z',
  Bucket: 'exports',
  RequestId: '5582815E1AEA5ADF',
  HostId: '8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR',
};

/** radosgw 16: another source, a prefix before the event's name, an empty version, keys as they are. */
export function cephNotification(bucket: string, key: string) {
  const event = s3Notification(bucket, key, { eventName: 's3:ObjectCreated:Put', versionId: '' });
  return {
    Records: event.Records.map((record) => ({
      ...record,
      eventSource: 'ceph:s3',
      eventId: '1646127000.1.a',
      s3: { ...record.s3, object: { ...record.s3.object, key } },
    })),
  };
}

const textOf = (message: unknown): string => (typeof message === 'string' ? message : JSON.stringify(message));

/** What a topic hands to a function. */
export const topicEvent = (message: unknown) => ({
  Records: [
    {
      EventSource: 'aws:sns',
      EventVersion: '1.0',
      EventSubscriptionArn: 'arn:aws:sns:us-east-1:123456789012:exports:21be56ed-a058-49f5-8c98-aedd2564c486',
      Sns: {
        Type: 'Notification',
        MessageId: '95df01b4-ee98-5cb9-9903-4c221d41eb5e',
        TopicArn: 'arn:aws:sns:us-east-1:123456789012:exports',
        Subject: 'Amazon S3 Notification',
        Message: textOf(message),
        Timestamp: '2026-03-01T09:30:00.000Z',
        MessageAttributes: {},
      },
    },
  ],
});

/** What a topic hands to a queue, where raw delivery is not switched on. */
export const topicEnvelope = (message: unknown) => ({
  Type: 'Notification',
  MessageId: '95df01b4-ee98-5cb9-9903-4c221d41eb5e',
  TopicArn: 'arn:aws:sns:us-east-1:123456789012:exports',
  Message: textOf(message),
  Timestamp: '2026-03-01T09:30:00.000Z',
});
