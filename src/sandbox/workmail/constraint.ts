import type { JsonInput } from '../json/input.ts';
import { WorkMailError } from './error.ts';

interface TextConstraint {
  readonly kind: 'text';
  readonly minimum: number;
  readonly maximum: number;
  /** Whole-value pattern. */
  readonly pattern?: RegExp;
}

interface IntegerConstraint {
  readonly kind: 'integer';
  readonly minimum: number;
  readonly maximum: number;
}

/** The shapes of the service model 2017-10-01 with its lengths and patterns. */
const SHAPES = {
  ClientToken: { kind: 'text', minimum: 1, maximum: 128, pattern: /^[\x21-\x7e]+$/ },
  OrganizationId: { kind: 'text', minimum: 34, maximum: 34, pattern: /^m-[0-9a-f]{32}$/ },
  EntityId: { kind: 'text', minimum: 12, maximum: 256 },
  UserId: { kind: 'text', minimum: 12, maximum: 256 },
  Description: { kind: 'text', minimum: 0, maximum: 1023 },
  RoleArn: { kind: 'text', minimum: 20, maximum: 2048 },
  KmsKeyArn: {
    kind: 'text',
    minimum: 20,
    maximum: 2048,
    pattern: /^arn:aws:kms:[a-z0-9-]*:[a-z0-9-]+:[A-Za-z0-9][A-Za-z0-9:_/+=,@.-]{0,1023}$/,
  },
  S3BucketName: { kind: 'text', minimum: 1, maximum: 63, pattern: /^[A-Za-z0-9.-]+$/ },
  S3Prefix: { kind: 'text', minimum: 1, maximum: 1023, pattern: /^[A-Za-z0-9!_.*'()/-]+$/ },
  JobId: { kind: 'text', minimum: 1, maximum: 63, pattern: /^[A-Za-z0-9-]+$/ },
  NextToken: { kind: 'text', minimum: 1, maximum: 1024 },
  MaxResults: { kind: 'integer', minimum: 1, maximum: 100 },
} as const satisfies Record<string, TextConstraint | IntegerConstraint>;

export type Member = keyof typeof SHAPES;

/** Checks the members of a request. Throws InvalidParameterException, in the words AWS uses for such. */
export function constrain(input: JsonInput, required: readonly Member[], optional: readonly Member[] = []): void {
  for (const member of required) {
    if (input[member] === undefined || input[member] === null) throw invalid(member, null, 'Member must not be null');
  }
  for (const member of [...required, ...optional]) {
    const value = input[member];
    if (value === undefined || value === null) continue;
    const reason = violation(SHAPES[member], value);
    if (reason !== null) throw invalid(member, value, reason);
  }
}

function violation(shape: TextConstraint | IntegerConstraint, value: unknown): string | null {
  if (shape.kind === 'integer') {
    if (typeof value !== 'number' || !Number.isInteger(value)) return 'Member must be an integer';
    if (value < shape.minimum) return `Member must have value greater than or equal to ${shape.minimum}`;
    return value > shape.maximum ? `Member must have value less than or equal to ${shape.maximum}` : null;
  }
  if (typeof value !== 'string') return 'Member must be a string';
  if (value.length < shape.minimum) return `Member must have length greater than or equal to ${shape.minimum}`;
  if (value.length > shape.maximum) return `Member must have length less than or equal to ${shape.maximum}`;
  if (shape.pattern?.test(value) === false)
    return `Member must satisfy regular expression pattern: ${shape.pattern.source.replace(/^\^|\$$/g, '')}`;
  return null;
}

function invalid(member: string, value: unknown, reason: string): WorkMailError {
  const name = member.charAt(0).toLowerCase() + member.slice(1);
  const shown = value === null ? 'null' : JSON.stringify(value).slice(0, 100);
  return new WorkMailError(
    'InvalidParameterException',
    `1 validation error detected: Value ${shown} at '${name}' failed to satisfy constraint: ${reason}`,
  );
}
