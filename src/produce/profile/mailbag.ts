import type { Profile } from './profile.ts';

/** Mailbag 1.0 on BagIt (RFC 8493). Its table is fixed by the specification: `layout/mailbag.ts` writes it. */
export const mailbag: Profile = {
  name: 'mailbag',
  title: 'Mailbag 1.0: a BagIt bag of .eml files and their attachments',
  layout: 'mailbag',
  columns: [],
  encodings: ['utf-8'],
  dates: 'iso',
  earliestYear: 1,
  pathSeparator: '/',
};
