export { type LintInput, lint } from './lint/lint.ts';
export type {
  Bundle,
  DedupeScope,
  FieldCondition,
  ProduceInput,
  ProduceManifest,
  ProduceOptions,
  ProductionResult,
  Selection,
  TableEncoding,
} from './options.ts';
export { produce } from './produce.ts';
export { PROFILE_NAMES, PROFILES, type Profile, type ProfileName } from './profile/index.ts';
export { readCondition } from './selection.ts';
