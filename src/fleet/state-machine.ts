// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these placeholders are CloudFormation's
import type { JsonObject } from '../model/index.ts';
import { container } from './container-state.ts';

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

const SHARD_NUMBER = ["'--shard'", "States.Format('{}', $.item.shard)"];
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
      // The input as it came: the hook adds the job it confirmed, a person may leave it out.
      ...invoke({ task: 'plan', ...PLACE, 'input.$': '$' }),
      ResultSelector: { 'mode.$': '$.Payload.mode', 'itemsKey.$': '$.Payload.itemsKey' },
      ResultPath: '$.plan',
      Next: 'Can be split',
    },
    'Can be split': {
      Type: 'Choice',
      Choices: [{ Variable: '$.plan.mode', StringEquals: 'fleet', Next: 'Work' }],
      Default: 'Containers',
    },
    // A choice compares paths with words and not words with words.
    Containers: {
      Type: 'Pass',
      Result: { cluster: '${TaskCluster}' },
      ResultPath: '$.containers',
      Next: 'Has containers',
    },
    'Has containers': {
      Type: 'Choice',
      Choices: [{ Variable: '$.containers.cluster', StringEquals: '', Next: 'Needs one machine' }],
      Default: 'Whole in a container',
    },
    // One machine after all. The merge then finds the root written, verifies it and tells the verdict.
    'Whole in a container': { ...container(['fleet', 'whole']), ResultPath: null, Next: 'Merge' },
    'Needs one machine': {
      Type: 'Fail',
      Error: 'NeedsOneMachine',
      Cause:
        'The archive cannot be split: its directory is missing or wrong, or it is wrapped so that it has to be read from its beginning. Give the stack a ContainerImage, or run mailproof process.',
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
          'Digest in a container': { ...container(['fleet', 'digest']), End: true },
          'Shard in a container': { ...container(['fleet', 'shard'], SHARD_NUMBER), End: true },
        },
      },
      // Results of ten thousand items do not fit into a state: they lie with the work, and go with it.
      ResultWriter: {
        Resource: 'arn:aws:states:::s3:putObject',
        Parameters: {
          // Of the execution: what `$` is here, the state's input or its results, is read in two ways.
          'Bucket.$': '$$.Execution.Input.destination.bucket',
          'Prefix.$': "States.Format('{}/work/fleet/results', $$.Execution.Input.destination.prefix)",
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
