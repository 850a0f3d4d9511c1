import { expect, test } from 'vitest';
import type { FolderCount } from '../../../src/verify/live/folder-counts.ts';
import { pairCounts } from '../../../src/verify/live/pair-counts.ts';

const live = (path: string, role: FolderCount['role'] = null): FolderCount => ({
  path: path.split('|'),
  kind: 'mail',
  total: 1,
  role,
});

test.each([
  {
    name: 'the same names, whatever their case and accents',
    live: [live('INBOX'), live('Gro\u0308ße')],
    held: ['Inbox', 'Größe'],
    paired: [0, 1],
  },
  {
    name: 'below a root of the archive’s own',
    live: [live('Inbox'), live('Inbox|a')],
    held: ['anna|Inbox', 'anna|Inbox|a'],
    paired: [0, 1],
  },
  {
    name: 'no root where the mailbox has a folder of that name',
    live: [live('Inbox|a'), live('a')],
    held: ['Inbox|a'],
    paired: [0, null],
  },
  {
    name: 'a role under another name, with what lies below it',
    live: [live('Posteingang', 'inbox'), live('Posteingang|a')],
    held: ['Inbox', 'Inbox|a'],
    paired: [0, 1],
  },
  {
    name: 'a role under one of several names',
    live: [live('Papierkorb', 'deleteditems')],
    held: ['Trash'],
    paired: [0],
  },
  {
    name: 'a folder that is called so goes before one that has the role',
    live: [live('Sent', 'sentitems'), live('Sent Items')],
    held: ['Sent Items'],
    paired: [null, 0],
  },
  { name: 'a slash in a name is no level', live: [live('a/b')], held: ['a|b'], paired: [null] },
  { name: 'nothing held', live: [live('Inbox', 'inbox')], held: [], paired: [null] },
])('$name', ({ live: folders, held, paired }) => {
  const paths = held.map((path) => path.split('|'));
  expect(pairCounts(folders, paths)).toEqual(paired);
});
