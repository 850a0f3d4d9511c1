import type { FieldName } from '../field.ts';
import { type Column, type ColumnFormat, PROFILES } from '../profile/index.ts';

/** What a column of somebody's load file means. */
export interface Role {
  readonly field: FieldName;
  readonly format: ColumnFormat | undefined;
}

/** Names other producers use, in lower case. */
const FOREIGN: Readonly<Record<string, FieldName>> = {
  begbates: 'controlNumber',
  begdoc: 'controlNumber',
  'beg doc': 'controlNumber',
  begno: 'controlNumber',
  'bates begin': 'controlNumber',
  begcontrol: 'controlNumber',
  docid: 'controlNumber',
  'doc id': 'controlNumber',
  'document id': 'controlNumber',
  begattach: 'familyFirst',
  endattach: 'familyLast',
  parentid: 'parent',
  'parent doc id': 'parent',
  native: 'nativePath',
  nativelink: 'nativePath',
  'native link': 'nativePath',
  native_file: 'nativePath',
  nativefile: 'nativePath',
  textlink: 'textPath',
  'text link': 'textPath',
  textpath: 'textPath',
  md5: 'md5',
  md5_hash: 'md5',
  sha1: 'sha1',
  'sha-1': 'sha1',
  sha256: 'sha256',
  'sha-256': 'sha256',
  filesize: 'size',
  file_size: 'size',
};

const byName = new Map<string, Role>();
for (const [name, field] of Object.entries(FOREIGN)) byName.set(name, { field, format: undefined });
for (const profile of Object.values(PROFILES)) {
  const columns: readonly Column[] = profile.columns;
  for (const [name, field, format] of columns) byName.set(name.toLowerCase(), { field, format });
}

/** The role of each column by its name; null where nothing is known of it. */
export const rolesOf = (names: readonly string[]): (Role | null)[] =>
  names.map((name) => byName.get(name.trim().toLowerCase()) ?? null);

/** Whether a list of names is a load file's: one of them numbers documents. */
export const isLoadFile = (names: readonly string[]): boolean =>
  rolesOf(names).some((role) => role?.field === 'controlNumber');
