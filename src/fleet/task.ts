import { z } from 'zod';
import { MailproofError } from '../model/index.ts';
import { jobSchema } from './job-record.ts';

const place = {
  source: z.object({ bucket: z.string().min(1), key: z.string().min(1), versionId: z.string().nullable() }),
  destination: z.object({ bucket: z.string().min(1), prefix: z.string().min(1) }),
};

/** What the state machine sends to its one function. */
const taskSchema = z.discriminatedUnion('task', [
  z.object({
    task: z.literal('plan'),
    ...place,
    shardOctets: z.number().int().min(1).optional(),
    /** The execution's own input: the hook adds the job it confirmed, a person need not. */
    input: z.object({ job: jobSchema.nullish() }).optional(),
  }),
  z.object({ task: z.literal('shard'), ...place, shard: z.number().int().min(0) }),
  z.object({ task: z.literal('digest'), ...place }),
  z.object({ task: z.literal('merge'), ...place }),
]);

export type FleetTask = z.infer<typeof taskSchema>;

/** Reads a task. Throws PARAMETER_INVALID. */
export function readTask(event: unknown): FleetTask {
  const read = taskSchema.safeParse(event);
  if (read.success) return read.data;
  throw new MailproofError('PARAMETER_INVALID', 'The task is not one of plan, shard, digest and merge.', {
    advice: 'Check the definition of the state machine and the input of its execution.',
  });
}
