// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these placeholders are CloudFormation's
import type { JsonObject } from '../../model/index.ts';
import { STATE_MACHINE } from '../state-machine.ts';
import { arn, ref, sub, where } from './intrinsics.ts';
import { lambda, logGroup } from './lambda.ts';

/** One archive, many functions. */
export const FLEET: JsonObject = {
  FleetLogs: logGroup(),
  FleetFunction: lambda('lambda.fleet', 'FleetRole', 'FleetLogs', {}),
  Fleet: {
    Type: 'AWS::StepFunctions::StateMachine',
    Properties: {
      StateMachineName: sub('${AWS::StackName}-fleet'),
      StateMachineType: 'STANDARD',
      RoleArn: arn('FleetMachineRole'),
      Definition: STATE_MACHINE,
      DefinitionSubstitutions: {
        FleetFunction: arn('FleetFunction'),
        TaskCluster: where('HasContainers', arn('TaskCluster'), ''),
        TaskDefinition: where('HasContainers', ref('TaskDefinition'), ''),
        TaskSubnets: { 'Fn::Join': [',', ref('TaskSubnets')] },
        TaskPublicIp: ref('TaskPublicIp'),
      },
    },
  },
};
