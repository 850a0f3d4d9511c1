import type { EmailAddress, EmailHeader, Issue } from '../../../model/index.ts';

/** What a TNEF stream (winmail.dat, application/ms-tnef) holds, as MS-OXTNEF defines it. */
export interface TnefMessage {
  readonly subject: string | null;
  /** MAPI message class, such as `IPM.Note`; the Schedule+ names of old mailers are translated. */
  readonly messageClass: string | null;
  readonly messageId: string | null;
  readonly inReplyTo: string | null;
  /** The References field's value as MAPI keeps it: message ids between angle brackets. */
  readonly references: string | null;
  /** On whose behalf it was sent (PR_SENT_REPRESENTING), else the sender. */
  readonly from: EmailAddress | null;
  /** Who sent it (PR_SENDER), where the stream says so. */
  readonly sender: EmailAddress | null;
  readonly to: readonly EmailAddress[];
  readonly cc: readonly EmailAddress[];
  readonly bcc: readonly EmailAddress[];
  /** RFC 3339 in UTC. */
  readonly sentAt: string | null;
  /** Header fields of the message as it was received (PR_TRANSPORT_MESSAGE_HEADERS), empty where it has none. */
  readonly headers: readonly EmailHeader[];
  readonly body: TnefBody;
  readonly attachments: readonly TnefAttachment[];
  readonly meeting: TnefMeeting | null;
  readonly issues: readonly Issue[];
}

export interface TnefBody {
  readonly text: string | null;
  /** Stored HTML, or HTML taken out of the RTF that wraps it (MS-OXRTFEX). */
  readonly html: string | null;
  /** The RTF document, one character an octet. */
  readonly rtf: string | null;
}

export interface TnefAttachment {
  /** The 8.3 name. */
  readonly name: string | null;
  readonly longName: string | null;
  readonly mimeType: string | null;
  readonly contentId: string | null;
  /** The content; for an embedded message, its TNEF stream. A view of the input. */
  readonly bytes: Uint8Array;
  readonly embedded: TnefMessage | null;
}

export type TnefMeetingType = 'request' | 'cancel' | 'accept' | 'decline' | 'tentative' | 'appointment' | 'other';

/** The meeting a message of class IPM.Schedule.Meeting.* or IPM.Appointment is about. */
export interface TnefMeeting {
  readonly type: TnefMeetingType;
  /** RFC 3339 in UTC; of an all-day meeting, midnight in the organizer's zone. */
  readonly start: string | null;
  readonly end: string | null;
  readonly allDay: boolean;
  readonly location: string | null;
  /** The iCalendar UID (MS-OXCICAL 2.1.3.1.1.20.26). */
  readonly uid: string | null;
  /** `YYYY-MM-DD` of the one instance it is about, null for a single meeting or the whole series. */
  readonly instanceDate: string | null;
  readonly sequence: number | null;
  readonly recurring: boolean;
  /** The recurrence as Outlook says it in words. */
  readonly recurrenceDescription: string | null;
  /** The zone as Outlook says it in words. */
  readonly timeZoneDescription: string | null;
  readonly organizer: EmailAddress | null;
}
