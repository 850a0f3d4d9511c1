export { TNEF_ATTACHMENT_LIMIT, TNEF_DEPTH_LIMIT } from './limits.ts';
export { readTnef } from './read.ts';
export type {
  TnefAttachment,
  TnefBody,
  TnefMeeting,
  TnefMeetingType,
  TnefMessage,
} from './tnef-message.ts';
