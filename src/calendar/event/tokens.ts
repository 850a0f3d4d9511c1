/** What iCalendar's words are in JSCalendar (RFC 8984 §4.4, §5): one table for each property or parameter. */
export const STATUS = { CONFIRMED: 'confirmed', CANCELLED: 'cancelled', TENTATIVE: 'tentative' };
export const PROGRESS = {
  'NEEDS-ACTION': 'needs-action',
  'IN-PROCESS': 'in-process',
  COMPLETED: 'completed',
  CANCELLED: 'cancelled',
};
export const PRIVACY = { PUBLIC: 'public', PRIVATE: 'private', CONFIDENTIAL: 'secret' };
/** `0` and `1` are vCalendar 1.0's. */
export const TRANSPARENCY = { OPAQUE: 'busy', TRANSPARENT: 'free', 0: 'busy', 1: 'free' };
/** MS-OXCICAL §2.1.3.1.1.20.31: what Outlook shows the time as. JSCalendar has but two of it. */
export const BUSY_STATUS = { FREE: 'free', BUSY: 'busy', TENTATIVE: 'busy', OOF: 'busy', WORKINGELSEWHERE: 'busy' };
export const KIND = { INDIVIDUAL: 'individual', GROUP: 'group', RESOURCE: 'resource', ROOM: 'location' };
export const ROLES: Readonly<Record<string, readonly string[]>> = {
  CHAIR: ['attendee', 'chair'],
  'OPT-PARTICIPANT': ['attendee', 'optional'],
  'NON-PARTICIPANT': ['informational'],
};
