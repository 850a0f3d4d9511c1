import type { CalendarHistory, CalendarVersion } from '../../manifest/index.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';

/** `show DEST --uid UID`: everything the export holds of one event, a line each, then who answered what. */
export async function historyCommand({ printer }: Context, history: CalendarHistory): Promise<number> {
  const { uid, versions, answers } = history;
  for (const version of versions) printer.data({ message_type: 'version', uid, ...version }, versionText(version));
  for (const answer of answers) {
    const { attendee, name, status, recurrenceId, record, dtstamp } = answer;
    const who = name === null ? attendee : `${name} <${attendee}>`;
    const instance = recurrenceId === null ? '' : ` for ${recurrenceId}`;
    printer.data(
      { message_type: 'answer', uid, ...answer },
      `Answer  ${status} by ${who}${instance}, ${dtstamp ?? 'at no known time'} (${record})`,
    );
  }
  return EXIT.done;
}

function versionText(version: CalendarVersion): string {
  const { sequence, dtstamp, method, id, recurrenceId, start, title, organizer, replies, status, component } = version;
  const said = replies.map((reply) => {
    const delegate = reply.delegatedTo === null ? '' : ` to ${reply.delegatedTo}`;
    return `${reply.attendee} ${reply.status}${delegate}`;
  });
  const about = [
    recurrenceId === null ? null : `instance ${recurrenceId}`,
    start === null ? null : `starts ${start.utc ?? start.local}`,
    status,
    organizer === null ? null : `organized by ${organizer}`,
    ...said,
    title,
  ];
  const head = [`${sequence ?? 0}`.padStart(3), (dtstamp ?? '-').padEnd(20), (method ?? component).padEnd(14), id];
  return `${head.join('  ')}  ${about.filter((each) => each !== null).join(', ')}`;
}
