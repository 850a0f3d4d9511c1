// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these placeholders are CloudFormation's
import type { JsonObject } from '../model/index.ts';

/** What exceeds fifteen minutes: the same work by the same code, as a command in a Fargate task. */
export function container(words: readonly string[], more: readonly string[] = []): JsonObject {
  const command = [
    ...words.map((word) => `'${word}'`),
    "States.Format('s3://{}/{}', $.destination.bucket, $.destination.prefix)",
    "'--source'",
    "States.Format('s3://{}/{}', $.source.bucket, $.source.key)",
    // Of a bucket without versions it is null, which becomes the word that S3 has for that.
    "'--version-id'",
    "States.Format('{}', $.source.versionId)",
    ...more,
  ];
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::ecs:runTask.sync',
    Parameters: {
      LaunchType: 'FARGATE',
      Cluster: '${TaskCluster}',
      TaskDefinition: '${TaskDefinition}',
      NetworkConfiguration: {
        AwsvpcConfiguration: {
          'Subnets.$': "States.StringSplit('${TaskSubnets}', ',')",
          AssignPublicIp: '${TaskPublicIp}',
        },
      },
      Overrides: { ContainerOverrides: [{ Name: 'mailproof', 'Command.$': `States.Array(${command.join(', ')})` }] },
    },
    Retry: [
      {
        ErrorEquals: ['States.TaskFailed', 'ECS.AmazonECSException'],
        IntervalSeconds: 30,
        MaxAttempts: 2,
        BackoffRate: 2,
      },
    ],
    ResultSelector: { 'task.$': '$.TaskArn' },
  };
}
