import { createHash } from 'node:crypto';
import { type JsonObject, MailproofError } from '../model/index.ts';
import { postSigned, type Signer } from './post.ts';

/** What the fleet is asked to do: the state machine's input. */
export interface FleetRequest {
  readonly source: { readonly bucket: string; readonly key: string; readonly versionId: string | null };
  readonly destination: { readonly bucket: string; readonly prefix: string };
  readonly job: JsonObject | null;
}

/** Gives an archive to the fleet. Asking twice starts one run. */
export type HandOver = (request: FleetRequest, signal?: AbortSignal) => Promise<void>;

/** Starts an execution of the state machine, named after what it is about: Step Functions refuses a second of that name. */
export function stateMachineHandOver(stateMachineArn: string, signer: () => Promise<Signer>): HandOver {
  return async (request, signal) => {
    const name = createHash('sha256')
      .update(JSON.stringify([request.source, request.destination]))
      .digest('hex');
    const body = JSON.stringify({ stateMachineArn, name: `mailproof-${name}`, input: JSON.stringify(request) });
    const headers = {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'AWSStepFunctions.StartExecution',
    };
    const what = 'The archive could not be handed to the state machine';
    try {
      await postSigned('states', { what, body, headers, signal }, await signer());
    } catch (error) {
      const code = error instanceof MailproofError ? error.details['awsCode'] : null;
      if (code !== 'ExecutionAlreadyExists') throw error;
    }
  };
}
