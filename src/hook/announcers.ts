import { createHmac } from 'node:crypto';
import { MailproofError } from '../model/index.ts';
import type { Announcement, Announcer } from './announce.ts';
import { post, postSigned, type Signer } from './post.ts';

/** Publishes to an SNS topic (API 2010-03-31, query protocol). Subscribers filter by the attributes. */
export function snsAnnouncer(topicArn: string, signer: () => Promise<Signer>): Announcer {
  return {
    name: 'sns',
    async announce(announcement, signal) {
      const form = new URLSearchParams({
        Action: 'Publish',
        Version: '2010-03-31',
        TopicArn: topicArn,
        Message: JSON.stringify(announcement),
      });
      const attributes = { type: announcement.type, verdict: announcement.verdict ?? 'NONE' };
      for (const [place, [name, value]] of Object.entries(attributes).entries()) {
        const prefix = `MessageAttributes.entry.${place + 1}`;
        form.set(`${prefix}.Name`, name);
        form.set(`${prefix}.Value.DataType`, 'String');
        form.set(`${prefix}.Value.StringValue`, value);
      }
      // A FIFO topic needs both, and drops what it has seen by itself.
      if (topicArn.endsWith('.fifo')) {
        form.set('MessageGroupId', 'mailproof');
        form.set('MessageDeduplicationId', announcement.id);
      }
      const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
      const what = 'The verdict could not be published to SNS';
      await postSigned('sns', { what, body: form.toString(), headers, signal }, await signer());
    },
  };
}

/** Puts an event on an EventBridge bus: source `mailproof`, detail-type `Export Processed` or `Export Failed`. */
export function eventBridgeAnnouncer(bus: string, signer: () => Promise<Signer>): Announcer {
  return {
    name: 'eventbridge',
    async announce(announcement, signal) {
      const entry = {
        EventBusName: bus,
        Source: 'mailproof',
        DetailType: announcement.type === 'processed' ? 'Export Processed' : 'Export Failed',
        Detail: JSON.stringify(announcement),
        Resources: [],
      };
      const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AWSEvents.PutEvents' };
      const what = 'The verdict could not be put on the event bus';
      const body = JSON.stringify({ Entries: [entry] });
      const answer = await postSigned('events', { what, body, headers, signal }, await signer());
      // PutEvents answers 200 for entries it did not take.
      if (/"FailedEntryCount"\s*:\s*[1-9]/.test(answer))
        throw new MailproofError('TEMPORARY', `${what}: it was not taken.`);
    },
  };
}

/** Seconds since 1970 in the header, so that a receiver can refuse what is replayed later. */
export function webhookSignature(secret: string, seconds: number, body: string): string {
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}

/** Posts JSON with `Mailproof-Signature: t=<seconds>,v1=<HMAC-SHA256 of "<seconds>.<body>">` and `Mailproof-Delivery: <id>`. */
export function webhookAnnouncer(address: string, secret: string, now: () => number): Announcer {
  const url = webhookAddress(address);
  return {
    name: 'webhook',
    async announce(announcement: Announcement, signal) {
      const body = JSON.stringify(announcement);
      await post({
        what: 'The verdict could not be posted to the webhook',
        url,
        body,
        headers: {
          'content-type': 'application/json',
          'mailproof-delivery': announcement.id,
          'mailproof-signature': webhookSignature(secret, Math.floor(now() / 1000), body),
        },
        signal,
      });
    },
  };
}

/** Only TLS, and loopback for rehearsals: what is announced names mailboxes. Throws USAGE. */
function webhookAddress(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : null;
  const loopback = url?.protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  if (url !== null && (url.protocol === 'https:' || loopback)) return url;
  throw new MailproofError('USAGE', 'The webhook must be an https:// address.', {
    advice: 'Set MAILPROOF_WEBHOOK_URL to an https:// address.',
  });
}
