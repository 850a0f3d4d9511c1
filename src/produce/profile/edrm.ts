import type { Column, Profile } from './profile.ts';

/** Columns become EDRM fields; their keys are these names without spaces. */
const FIELD_COLUMNS: readonly Column[] = [
  ['Control Number', 'controlNumber'],
  ['Group Identifier', 'groupIdentifier'],
  ['Custodian', 'custodian'],
  ['All Custodians', 'allCustodians'],
  ['All Paths', 'allPaths'],
  ['Folder Path', 'folderPath'],
  ['Record', 'recordId'],
  ['From', 'from'],
  ['To', 'to'],
  ['CC', 'cc'],
  ['BCC', 'bcc'],
  ['Subject', 'subject'],
  ['Date Sent', 'sentAt'],
  ['Date Received', 'receivedAt'],
  ['Has Attachments', 'hasAttachment'],
  ['Attachment Count', 'attachmentCount'],
  ['Attachment Names', 'attachmentNames'],
  ['Message ID', 'messageId'],
  ['In Reply To', 'inReplyTo'],
  ['References', 'references'],
  ['Thread Group', 'threadGroup'],
  ['Conversation Index', 'conversationIndex'],
  ['Message Identification Hash', 'mih'],
  ['Content Hash', 'contentHash'],
  ['File Name', 'fileName'],
  ['File Extension', 'extension'],
  ['File Size', 'size'],
  ['MD5', 'md5'],
  ['SHA1', 'sha1'],
  ['SHA256', 'sha256'],
  ['Meeting Start', 'meetingStart'],
  ['Meeting End', 'meetingEnd'],
  ['Meeting Location', 'meetingLocation'],
  ['Meeting Organizer', 'meetingOrganizer'],
  ['Meeting UID', 'meetingUid'],
  ['Time Zone', 'timeZone'],
];

const edrm = {
  columns: FIELD_COLUMNS,
  encodings: ['utf-8'],
  dates: 'iso',
  earliestYear: 1,
  pathSeparator: '\\',
} as const;

export const edrmXml: Profile = {
  ...edrm,
  name: 'edrm-xml',
  title: 'EDRM XML 1.2 with natives and text',
  layout: 'edrm-xml',
};

/** A Nuix logical image: Nuix unpacks attachments itself, so only whole items are in it. */
export const nuix: Profile = {
  ...edrm,
  name: 'nuix',
  title: 'Nuix logical image (.nli)',
  layout: 'nuix',
  pathSeparator: '/',
};
