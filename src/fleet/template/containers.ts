// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these placeholders are CloudFormation's
import type { JsonObject } from '../../model/index.ts';
import { policyDocument, writerPolicy } from '../policy.ts';
import { arn, NAMES, ref, sub, text } from './intrinsics.ts';
import { logGroup } from './lambda.ts';
import { role, trust, writeLogs } from './role.ts';

/** Only where an image is given: a stack without one has no cluster to pay for, nor a role to pass. */
const onlyWithImage = (resource: JsonObject): JsonObject => ({ ...resource, Condition: 'HasContainers' });

const TASK_DEFINITION: JsonObject = {
  Type: 'AWS::ECS::TaskDefinition',
  Properties: {
    Family: sub('${AWS::StackName}-mailproof'),
    RequiresCompatibilities: ['FARGATE'],
    NetworkMode: 'awsvpc',
    Cpu: ref('TaskCpu'),
    Memory: ref('TaskMemory'),
    EphemeralStorage: { SizeInGiB: ref('TaskStorage') },
    RuntimePlatform: { CpuArchitecture: ref('ContainerArchitecture'), OperatingSystemFamily: 'LINUX' },
    ExecutionRoleArn: arn('TaskExecutionRole'),
    TaskRoleArn: arn('TaskRole'),
    ContainerDefinitions: [
      {
        // The state machine overrides the command of the container of this name.
        Name: 'mailproof',
        Image: ref('ContainerImage'),
        Essential: true,
        Command: ['--help'],
        Environment: [
          { Name: 'AWS_REGION', Value: ref('AWS::Region') },
          { Name: 'MAILPROOF_KMS_KEY_ID', Value: arn('ExportKey') },
          { Name: 'MAILPROOF_ENCRYPTION_CONTEXT', Value: ref('ClientEncryptionContext') },
        ],
        // A task is stopped with SIGTERM: what is begun is closed, and a shard of the manifest that is finished is kept.
        StopTimeout: 120,
        LogConfiguration: {
          LogDriver: 'awslogs',
          Options: {
            'awslogs-group': ref('TaskLogs'),
            'awslogs-region': ref('AWS::Region'),
            'awslogs-stream-prefix': 'task',
          },
        },
      },
    ],
  },
};

/** What the state machine needs to start a task, to follow it, and to give it its roles; no other task and no other role. */
const RUN_CONTAINERS: JsonObject = {
  Type: 'AWS::IAM::RolePolicy',
  Properties: {
    RoleName: ref('FleetMachineRole'),
    PolicyName: 'containers',
    PolicyDocument: policyDocument(
      {
        Sid: 'RunTasks',
        Effect: 'Allow',
        Action: 'ecs:RunTask',
        Resource: ref('TaskDefinition'),
        Condition: { ArnEquals: { 'ecs:cluster': arn('TaskCluster') } },
      },
      {
        Sid: 'FollowTasks',
        Effect: 'Allow',
        Action: ['ecs:StopTask', 'ecs:DescribeTasks'],
        Resource: sub('arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:task/${TaskCluster}/*'),
      },
      {
        Sid: 'GiveTasksTheirRoles',
        Effect: 'Allow',
        Action: 'iam:PassRole',
        Resource: [arn('TaskRole'), arn('TaskExecutionRole')],
        Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
      },
    ),
  },
};

/** What exceeds fifteen minutes runs here: the same command, in Fargate tasks the state machine starts and waits for. */
export const CONTAINERS: JsonObject = {
  TaskCluster: onlyWithImage({
    Type: 'AWS::ECS::Cluster',
    Properties: { ClusterSettings: [{ Name: 'containerInsights', Value: 'enabled' }] },
  }),
  TaskLogs: onlyWithImage(logGroup()),
  TaskRole: onlyWithImage(role(trust('ecs-tasks.amazonaws.com'), { writer: writerPolicy(NAMES, text) })),
  // Pulls the image and writes the logs; what runs in the container never has it.
  TaskExecutionRole: onlyWithImage(
    role(trust('ecs-tasks.amazonaws.com'), { logs: writeLogs('TaskLogs') }, [
      sub('arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy'),
    ]),
  ),
  TaskDefinition: onlyWithImage(TASK_DEFINITION),
  RunContainers: onlyWithImage(RUN_CONTAINERS),
};
