// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these placeholders are CloudFormation's
import type { JsonObject } from '../model/index.ts';

/** Everything a retry helps; `MailproofPermanent` and what is unknown go to the end at once. */
const RETRY: JsonObject[] = [
  {
    ErrorEquals: [
      'MailproofRetryable',
      'Lambda.ServiceException',
      'Lambda.AWSLambdaException',
      'Lambda.SdkClientException',
      'Lambda.TooManyRequestsException',
      // The runtime's own time limit, a sandbox that ran out of memory or was taken away: the receipt is not there yet.
      'Lambda.Unknown',
      'Sandbox.Timedout',
      'Runtime.ExitError',
    ],
    IntervalSeconds: 10,
    MaxAttempts: 5,
    BackoffRate: 2,
    MaxDelaySeconds: 300,
    JitterStrategy: 'FULL',
  },
];

const invoke = (payload: JsonObject): JsonObject => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: '${FleetFunction}', Payload: payload },
  Retry: RETRY,
});

const PLACE: JsonObject = { 'source.$': '$.source', 'destination.$': '$.destination' };

/**
 * The fleet as Amazon States Language (JSONPath): plan, every shard and the digest as items of a Distributed Map, merge.
 * Tolerated failure is zero: one item that fails for good fails the map, its redrive runs that item alone, and no merge is
 * begun without it. Given `mailboxes`, it starts itself once for each, so that each is redriven by itself.
 * `${…}` are CloudFormation's DefinitionSubstitutions.
 */
export const STATE_MACHINE: JsonObject = {
  Comment: 'Mailproof: one archive read by many functions at once, or all archives of an organization',
  QueryLanguage: 'JSONPath',
  StartAt: 'One or many',
  States: {
    'One or many': {
      Type: 'Choice',
      Choices: [{ Variable: '$.mailboxes', IsPresent: true, Next: 'Mailboxes' }],
      Default: 'Plan',
    },
    Mailboxes: {
      Type: 'Map',
      ItemsPath: '$.mailboxes',
      // Here and not within: a child execution of a map has another identity than its state machine.
      ItemSelector: { 'machine.$': '$$.StateMachine.Id', 'input.$': '$$.Map.Item.Value' },
      MaxConcurrency: 20,
      ToleratedFailurePercentage: 0,
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
        StartAt: 'Mailbox',
        States: {
          Mailbox: {
            Type: 'Task',
            Resource: 'arn:aws:states:::states:startExecution.sync:2',
            Parameters: { 'StateMachineArn.$': '$.machine', 'Input.$': '$.input' },
            ResultSelector: { 'output.$': '$.Output' },
            End: true,
          },
        },
      },
      End: true,
    },
    Plan: {
      ...invoke({ task: 'plan', ...PLACE }),
      ResultSelector: { 'mode.$': '$.Payload.mode', 'itemsKey.$': '$.Payload.itemsKey' },
      ResultPath: '$.plan',
      Next: 'Can be split',
    },
    'Can be split': {
      Type: 'Choice',
      Choices: [{ Variable: '$.plan.mode', StringEquals: 'fleet', Next: 'Work' }],
      Default: 'Needs one machine',
    },
    'Needs one machine': {
      Type: 'Fail',
      Error: 'ARCHIVE_DAMAGED',
      Cause: 'The directory of the archive is missing or wrong. One machine has to read it: mailproof process.',
    },
    Work: {
      Type: 'Map',
      ItemReader: {
        Resource: 'arn:aws:states:::s3:getObject',
        ReaderConfig: { InputType: 'JSON' },
        Parameters: { 'Bucket.$': '$.destination.bucket', 'Key.$': '$.plan.itemsKey' },
      },
      ItemSelector: { ...PLACE, 'item.$': '$$.Map.Item.Value' },
      MaxConcurrency: 40,
      ToleratedFailurePercentage: 0,
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
        StartAt: 'Which task',
        States: {
          'Which task': {
            Type: 'Choice',
            Choices: [
              {
                And: [
                  { Variable: '$.item.runner', StringEquals: 'task' },
                  { Variable: '$.item.task', StringEquals: 'digest' },
                ],
                Next: 'Digest in a container',
              },
              { Variable: '$.item.runner', StringEquals: 'task', Next: 'Shard in a container' },
              { Variable: '$.item.task', StringEquals: 'digest', Next: 'Digest' },
            ],
            Default: 'Shard',
          },
          Digest: { ...invoke({ task: 'digest', ...PLACE }), ResultSelector: { task: 'digest' }, End: true },
          Shard: {
            ...invoke({ task: 'shard', ...PLACE, 'shard.$': '$.item.shard' }),
            ResultSelector: { task: 'shard', 'shard.$': '$.Payload.shard' },
            End: true,
          },
          'Digest in a container': container(['fleet', 'digest']),
          'Shard in a container': container(['fleet', 'shard'], ['--shard', "States.Format('{}', $.item.shard)"]),
        },
      },
      // Results of ten thousand items do not fit into a state: they lie with the work, and go with it.
      ResultWriter: {
        Resource: 'arn:aws:states:::s3:putObject',
        Parameters: {
          'Bucket.$': '$.destination.bucket',
          'Prefix.$': "States.Format('{}/work/fleet/results', $.destination.prefix)",
        },
      },
      ResultPath: null,
      Next: 'Merge',
    },
    Merge: {
      ...invoke({ task: 'merge', ...PLACE }),
      OutputPath: '$.Payload',
      End: true,
    },
  },
};

/** What exceeds fifteen minutes: the same command in a Fargate task. Words of the command are literal or paths. */
function container(words: readonly string[], more: readonly [string, string] | readonly [] = []): JsonObject {
  const source = "States.Format('s3://{}/{}', $.source.bucket, $.source.key)";
  const destination = "States.Format('s3://{}/{}', $.destination.bucket, $.destination.prefix)";
  const quoted = words.map((word) => `'${word}'`);
  const command = [
    ...quoted,
    destination,
    "'--source'",
    source,
    ...(more.length === 0 ? [] : [`'${more[0]}'`, more[1]]),
  ];
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::ecs:runTask.sync',
    Parameters: {
      LaunchType: 'FARGATE',
      Cluster: '${TaskCluster}',
      TaskDefinition: '${TaskDefinition}',
      NetworkConfiguration: { AwsvpcConfiguration: { 'Subnets.$': "States.StringSplit('${TaskSubnets}', ',')" } },
      Overrides: { ContainerOverrides: [{ Name: 'mailproof', 'Command.$': `States.Array(${command.join(', ')})` }] },
    },
    Retry: [{ ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 30, MaxAttempts: 2, BackoffRate: 2 }],
    ResultSelector: { 'task.$': '$.TaskArn' },
    End: true,
  };
}
