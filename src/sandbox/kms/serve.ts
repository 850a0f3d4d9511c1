import type { SandboxResponse } from '../http/response.ts';
import type { JsonInput } from '../json/input.ts';
import { jsonAnswer, jsonError } from '../json/serve.ts';
import { KmsError } from './error.ts';
import { KMS_OPERATIONS, type KmsContext } from './operations.ts';

/** Does one KMS request; a refusal is an answer. */
export function serveKms(operation: string, input: JsonInput, context: KmsContext): SandboxResponse {
  const handler = KMS_OPERATIONS[operation];
  if (handler === undefined) return jsonError('UnknownOperationException', `The sandbox has no KMS ${operation}.`);
  try {
    return jsonAnswer(handler(input, context));
  } catch (error) {
    if (error instanceof KmsError) return jsonError(error.name, error.message);
    throw error;
  }
}
