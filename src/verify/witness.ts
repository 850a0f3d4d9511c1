import type { LogReading } from './output-log/log-reading.ts';

/** Somebody other than the archive who knows what the mailbox held. */
export interface Witness {
  /** `output log`, `live mailbox`, `earlier manifest`. */
  readonly name: string;
  /** Null: it says nothing that can be understood. */
  readonly agrees: boolean | null;
  /** How it was understood, where it was. */
  readonly reading: string | null;
}

/** An output log as a witness. */
export function logWitness(log: LogReading): Witness {
  const agreed = log.values.filter(({ state, reading }) => state === 'agrees' && reading !== null);
  const reading = agreed.map(({ key, reading: how }) => `${key}: ${how}`).join('; ');
  return { name: `output log (${log.where})`, agrees: log.agrees, reading: reading === '' ? null : reading };
}
