import type { JsonObject, JsonValue } from '../../model/index.ts';
import { ref } from './intrinsics.ts';

const alarm = (description: string, metric: JsonObject): JsonObject => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    AlarmDescription: description,
    AlarmActions: [ref('VerdictTopic')],
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold: 0,
    EvaluationPeriods: 1,
    Period: 300,
    TreatMissingData: 'notBreaching',
    ...metric,
  },
});

const named = (name: string, value: JsonValue): JsonObject => ({ Name: name, Value: value });

/** What a person has to hear of. */
export const ALARMS: JsonObject = {
  DeadLetterAlarm: alarm('An export could not be processed: its message waits in the dead-letter queue', {
    Namespace: 'AWS/SQS',
    MetricName: 'ApproximateNumberOfMessagesVisible',
    Dimensions: [named('QueueName', { 'Fn::GetAtt': ['DeadLetterQueue', 'QueueName'] })],
    Statistic: 'Maximum',
  }),
  FleetAlarm: alarm('A run of the fleet failed: redrive it, only what failed runs again', {
    Namespace: 'AWS/States',
    MetricName: 'ExecutionsFailed',
    Dimensions: [named('StateMachineArn', ref('Fleet'))],
    Statistic: 'Sum',
  }),
  HookAlarm: alarm('The hook itself fails', {
    Namespace: 'AWS/Lambda',
    MetricName: 'Errors',
    Dimensions: [named('FunctionName', ref('HookFunction'))],
    Statistic: 'Sum',
  }),
};
