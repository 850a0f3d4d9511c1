import { disco } from './disco.ts';
import { edrmXml, nuix } from './edrm.ts';
import { everlaw } from './everlaw.ts';
import { logikcull } from './logikcull.ts';
import { mailbag } from './mailbag.ts';
import type { Profile } from './profile.ts';
import { purview } from './purview.ts';
import { relativity } from './relativity.ts';
import { sec } from './sec.ts';
import { csv, eml, mbox, parquet } from './table.ts';

export type { Column, ColumnFormat, Layout, Profile } from './profile.ts';

/** Every profile, by the name it is asked for. */
export const PROFILES = {
  relativity,
  everlaw,
  disco,
  logikcull,
  sec,
  purview,
  'edrm-xml': edrmXml,
  nuix,
  csv,
  mailbag,
  mbox,
  eml,
  parquet,
} as const satisfies Readonly<Record<string, Profile>>;

export type ProfileName = keyof typeof PROFILES;

export const PROFILE_NAMES = [
  'relativity',
  'everlaw',
  'disco',
  'logikcull',
  'sec',
  'purview',
  'edrm-xml',
  'nuix',
  'csv',
  'mailbag',
  'mbox',
  'eml',
  'parquet',
] as const satisfies readonly ProfileName[];
