import { availableParallelism } from 'node:os';
import { type AwsClients, createClients } from '../aws/index.ts';
import { systemClock } from '../io/index.ts';
import { MailproofError } from '../model/index.ts';
import { type BatchPool, inlinePool, WorkerPool } from '../pipeline/index.ts';
import type { Announcer } from './announce.ts';
import { eventBridgeAnnouncer, snsAnnouncer, webhookAnnouncer } from './announcers.ts';
import { stateMachineHandOver } from './hand-over.ts';
import type { Signer } from './post.ts';
import type { HookPorts } from './run.ts';
import { type HookSettings, readSettings } from './settings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Credentials and Region as the SDK's own chain has resolved them: there is one chain, not two. */
function signerOf(clients: AwsClients, environment: Environment): () => Promise<Signer> {
  return async () => {
    const { config } = clients.kms;
    const [region, credentials] = await Promise.all([config.region(), config.credentials()]).catch((cause: unknown) => {
      throw new MailproofError('CREDENTIALS_MISSING', 'No credentials or no Region to sign with.', { cause });
    });
    const named: Readonly<Record<string, string>> = { sns: 'SNS', events: 'EVENTBRIDGE', states: 'SFN' };
    return {
      region,
      credentials,
      endpoint: (service) => environment[`AWS_ENDPOINT_URL_${named[service] ?? ''}`] ?? environment['AWS_ENDPOINT_URL'],
      now: () => systemClock.now(),
    };
  };
}

/** Everyone the settings name. Nobody is connected to before there is something to tell. Throws USAGE. */
export function announcersOf(settings: HookSettings, clients: AwsClients, environment: Environment): Announcer[] {
  const signer = signerOf(clients, environment);
  const { topicArn, eventBus, webhook } = settings;
  return [
    ...(topicArn === null ? [] : [snsAnnouncer(topicArn, signer)]),
    ...(eventBus === null ? [] : [eventBridgeAnnouncer(eventBus, signer)]),
    ...(webhook === null ? [] : [webhookAnnouncer(webhook.url, webhook.secret, () => systemClock.now())]),
  ];
}

/** Threads where the function has processors for them; `script` is the bundled worker. */
export function poolMaker(workers: number | null, script: URL | null): () => BatchPool {
  const size = workers ?? availableParallelism();
  return () => (script === null || size < 2 ? inlinePool() : new WorkerPool(size, script));
}

/** The hook's ports, from what the function's environment sets. Throws USAGE. */
export function lambdaPorts(environment: Environment, workerScript: URL | null): HookPorts {
  const settings = readSettings(environment);
  const clients = createClients({ environment });
  const signer = signerOf(clients, environment);
  return {
    clients,
    clock: systemClock,
    settings,
    makePool: poolMaker(settings.workers, workerScript),
    announcers: announcersOf(settings, clients, environment),
    handOver: settings.stateMachineArn === null ? null : stateMachineHandOver(settings.stateMachineArn, signer),
  };
}
