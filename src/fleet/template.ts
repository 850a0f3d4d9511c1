import type { JsonObject } from '../model/index.ts';
import { ALARMS } from './template/alarms.ts';
import { CONTAINERS } from './template/containers.ts';
import { FLEET } from './template/fleet.ts';
import { HOOK } from './template/hook.ts';
import { arn, ref } from './template/intrinsics.ts';
import { MACHINE_ROLE } from './template/machine-role.ts';
import { CONDITIONS, PARAMETERS } from './template/parameters.ts';
import { ROLES } from './template/roles.ts';
import { STORE } from './template/store.ts';

/** Plain CloudFormation, for `aws cloudformation deploy`. `template.json` is this, written out; a test holds the two equal. */
export const TEMPLATE: JsonObject = {
  AWSTemplateFormatVersion: '2010-09-09',
  Description: 'Mailproof: WorkMail exports become evidence as they arrive',
  Parameters: PARAMETERS,
  Conditions: CONDITIONS,
  Resources: { ...STORE, ...ROLES, ...MACHINE_ROLE, ...HOOK, ...FLEET, ...CONTAINERS, ...ALARMS },
  Outputs: {
    Bucket: { Value: ref('ExportBucket') },
    ExportRoleArn: { Value: arn('ExportRole') },
    KeyArn: { Value: arn('ExportKey') },
    Topic: { Value: ref('VerdictTopic') },
    StateMachine: { Value: ref('Fleet') },
    DeadLetters: { Value: ref('DeadLetterQueue') },
  },
};
