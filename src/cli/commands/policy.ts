import {
  BUCKET_KEY_NOTE,
  clientKeyPolicy,
  exportPolicy,
  exportTrust,
  keyPolicy,
  operatorPolicy,
  type PolicyNames,
  readerPolicy,
  TEMPLATE,
  writerPolicy,
} from '../../fleet/index.ts';
import { type JsonObject, MailproofError } from '../../model/index.ts';
import type { CommonOptions, Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';

export interface PolicyOptions extends CommonOptions {
  readonly template?: boolean;
  readonly organization?: string;
  readonly account?: string;
  readonly region?: string;
  readonly bucket?: string;
  readonly prefix: string;
  readonly kmsKeyArn?: string;
  readonly roleName: string;
  readonly bucketKey?: boolean;
  readonly clientKeyArn?: string;
  readonly clientContext?: readonly string[];
}

/** `policy`: the IAM and key policies for given names, or the whole template. Asks nobody: it only writes down. */
export async function policyCommand(context: Context, options: PolicyOptions): Promise<number> {
  const { printer } = context;
  if (options.template === true) {
    printer.data(TEMPLATE, JSON.stringify(TEMPLATE, null, 2));
    return EXIT.done;
  }
  const names = namesOf(options);
  const text = (value: string) => value;
  const roleArn = `arn:${names.partition}:iam::${names.account}:role/${options.roleName}`;
  const policies: JsonObject = {
    'export role: trust': exportTrust(names, text),
    'export role: permissions': exportPolicy(names, text),
    'key policy': keyPolicy(names, text),
    'operator: starts exports': operatorPolicy(names, roleArn, text),
    'reader: verify, search, produce': readerPolicy(names, text),
    'writer: hook and fleet': writerPolicy(names, text),
    ...clientPolicies(options),
  };
  const shown = Object.entries(policies).map(([name, policy]) => `# ${name}\n${JSON.stringify(policy, null, 2)}`);
  printer.data({ policies, bucketKey: names.bucketKey, note: BUCKET_KEY_NOTE }, shown.join('\n\n'));
  if (options.json !== true) printer.note(BUCKET_KEY_NOTE);
  return EXIT.done;
}

const KEY_ARN = /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]{1,64}$/;

/** For whoever reads exports that a client encrypted: beside the reader's or the writer's. */
function clientPolicies({ clientKeyArn, clientContext = [] }: PolicyOptions): JsonObject {
  if (clientKeyArn === undefined) return {};
  if (!KEY_ARN.test(clientKeyArn))
    throw new MailproofError('USAGE', `--client-key-arn ${JSON.stringify(clientKeyArn)} is not as expected.`);
  const context: Record<string, string> = {};
  for (const pair of clientContext) {
    // A name with a wildcard or a value with a variable would mean another thing to IAM.
    const [, name, value] = /^([\w:./@-]{1,128})=([^*?$]{1,256})$/.exec(pair) ?? [];
    if (name === undefined || value === undefined)
      throw new MailproofError('USAGE', `--client-context ${JSON.stringify(pair)}: name=value was expected.`);
    context[name] = value;
  }
  return { 'client-side encryption: beside reader and writer': clientKeyPolicy(clientKeyArn, context) };
}

function namesOf(options: PolicyOptions): PolicyNames {
  const { organization, account, region, bucket, kmsKeyArn } = options;
  if (
    organization === undefined ||
    account === undefined ||
    region === undefined ||
    bucket === undefined ||
    kmsKeyArn === undefined
  ) {
    throw new MailproofError('USAGE', 'Policies are written for names, and not all of them were given.', {
      advice: 'Give --organization, --account, --region, --bucket and --kms-key-arn, or --template.',
    });
  }
  const expected: readonly (readonly [string, string, RegExp])[] = [
    ['--organization', organization, /^m-[0-9a-f]{32}$/],
    ['--account', account, /^\d{12}$/],
    ['--region', region, /^[a-z]{2}(?:-[a-z]{1,10}){1,3}-\d{1,2}$/],
    ['--bucket', bucket, /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/],
    // A wildcard in the prefix would widen every policy.
    ['--prefix', options.prefix, /^[A-Za-z0-9!_.'()/-]{0,512}$/],
    ['--kms-key-arn', kmsKeyArn, KEY_ARN],
    ['--role-name', options.roleName, /^[\w+=,.@-]{1,64}$/],
  ];
  for (const [option, value, pattern] of expected) {
    if (!pattern.test(value))
      throw new MailproofError('USAGE', `${option} ${JSON.stringify(value)} is not as expected.`);
  }
  const partition = kmsKeyArn.split(':')[1] ?? 'aws';
  const prefix = options.prefix.replace(/^\/+|\/+$/g, '');
  const bucketKey = options.bucketKey === true;
  return { partition, region, account, organizationId: organization, bucket, prefix, keyArn: kmsKeyArn, bucketKey };
}
