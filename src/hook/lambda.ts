import { type FleetHandler, makeFleetHandler } from './fleet-handler.ts';
import { type HookHandler, makeHandler } from './handler.ts';
import { lambdaPorts } from './lambda-ports.ts';
import { jsonLog } from './log.ts';

/** The bundle's entry: `lambda.hook` and `lambda.fleet` are the handlers of the two functions. */
const log = jsonLog((line) => void process.stdout.write(line));
const ports = lambdaPorts(process.env, new URL('./worker.mjs', import.meta.url));

export const hook: HookHandler = makeHandler(ports, log);
export const fleet: FleetHandler = makeFleetHandler(ports, log);
