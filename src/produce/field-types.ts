import type { FieldName } from './field.ts';

/** What a field's values are, for formats whose columns have types; all others are text. */
const TYPES: { readonly [field in FieldName]?: 'moment' | 'number' | 'boolean' } = {
  sentAt: 'moment',
  receivedAt: 'moment',
  ownDate: 'moment',
  familyDate: 'moment',
  conversationStart: 'moment',
  meetingStart: 'moment',
  meetingEnd: 'moment',
  meetingRecurrenceId: 'moment',
  size: 'number',
  attachmentCount: 'number',
  textLength: 'number',
  hasAttachment: 'boolean',
  hasText: 'boolean',
  isAttachment: 'boolean',
  dateSkewed: 'boolean',
  meetingAllDay: 'boolean',
};

export const fieldType = (field: FieldName): 'moment' | 'number' | 'boolean' | 'text' => TYPES[field] ?? 'text';
