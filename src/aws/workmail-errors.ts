import type { ErrorRule, ErrorTable } from './error-rule.ts';

const said = (text: string): ErrorRule['reason'] => {
  return (failure) => (failure.message === '' ? text : `${text} (${failure.message})`);
};

/** Every exception of WorkMail's service model 2017-10-01, and the two it does not list. */
export const WORKMAIL_ERRORS: ErrorTable = {
  EntityNotFoundException: {
    code: (_failure, context) => (context.subject === 'job' ? 'JOB_NOT_FOUND' : 'ENTITY_NOT_FOUND'),
    reason: (_failure, context) =>
      context.subject === 'job'
        ? 'the organization has no such export job'
        : 'the organization has no such user, group or resource',
    advice: (_failure, context) =>
      context.subject === 'job'
        ? 'Check the job id, the organization and the Region. ListMailboxExportJobs covers the last seven days only: for an older job name the archive itself, as s3://bucket/key.'
        : 'Check the name, id or email address, the organization and the Region.',
  },
  InvalidParameterException: {
    code: 'PARAMETER_INVALID',
    reason: said('WorkMail does not accept a parameter'),
    advice:
      'Check the role ARN (trusted by export.workmail.amazonaws.com), the key ARN (symmetric), and the bucket (same Region, public access blocked).',
  },
  LimitExceededException: {
    code: 'JOB_LIMIT',
    reason: said('a limit of WorkMail is reached'),
    advice:
      'At most ten export jobs run at once in an organization, and a mailbox is exported once in 24 hours: wait, then run again.',
  },
  OrganizationNotFoundException: {
    code: 'ORGANIZATION_NOT_FOUND',
    reason: 'there is no such organization in this account and Region',
    advice: 'Check the organization id (m- and 32 hexadecimal digits), the account and AWS_REGION.',
  },
  OrganizationStateException: {
    code: 'ORGANIZATION_STATE',
    reason: said('the organization is not active'),
    advice: 'Look at its state with aws workmail describe-organization; only an active organization exports.',
  },
  EntityStateException: {
    code: 'PARAMETER_INVALID',
    reason: said('the user, group or resource is not in the state this needs'),
    advice: 'Enable the mailbox first (aws workmail register-to-work-mail).',
  },
  UnsupportedOperationException: {
    code: 'PARAMETER_INVALID',
    reason: said('the directory of the organization is read-only'),
    advice: 'Make the change in the directory itself.',
  },
  DirectoryServiceAuthenticationFailedException: {
    code: 'ORGANIZATION_STATE',
    reason: said('the directory does not accept the credentials of WorkMail'),
    advice: 'Renew the connection between WorkMail and its directory.',
  },
  DirectoryUnavailableException: {
    code: 'ORGANIZATION_STATE',
    reason: said('the directory of the organization is not available'),
    advice: 'Check that the directory exists and is in this Region, then run again.',
  },
  DirectoryInUseException: {
    code: 'ORGANIZATION_STATE',
    reason: said('the directory belongs to another organization'),
    advice: 'Use the organization the directory belongs to.',
  },
  ResourceNotFoundException: {
    code: 'ENTITY_NOT_FOUND',
    reason: said('the resource cannot be found'),
    advice: 'Check its id and the organization.',
  },
  EmailAddressInUseException: {
    code: 'PARAMETER_INVALID',
    reason: said('the email address belongs to another user, group or resource'),
    advice: 'Use another address.',
  },
  EntityAlreadyRegisteredException: {
    code: 'PARAMETER_INVALID',
    reason: said('the user, group or resource is registered already'),
    advice: 'Nothing needs to be done.',
  },
  InvalidConfigurationException: {
    code: 'PARAMETER_INVALID',
    reason: said('the configuration of the resource is not valid'),
    advice: 'A resource needs a delegate, or must answer by itself.',
  },
  InvalidCustomSesConfigurationException: {
    code: 'PARAMETER_INVALID',
    reason: said('the SES configuration has settings WorkMail cannot keep'),
    advice: 'Change the setting the message names.',
  },
  InvalidPasswordException: {
    code: 'PARAMETER_INVALID',
    reason: said('the password does not meet the security constraints'),
    advice: 'Choose a longer password.',
  },
  MailDomainInUseException: {
    code: 'PARAMETER_INVALID',
    reason: said('the domain is in use'),
    advice: 'Change what uses it first, as the message says.',
  },
  MailDomainNotFoundException: {
    code: 'PARAMETER_INVALID',
    reason: said('the organization has no such domain'),
    advice: 'Check the part of the address behind the @.',
  },
  MailDomainStateException: {
    code: 'PARAMETER_INVALID',
    reason: said('the domain is not verified yet'),
    advice: 'Verify the domain, then run again.',
  },
  NameAvailabilityException: {
    code: 'PARAMETER_INVALID',
    reason: said('the name is not unique'),
    advice: 'Choose another name.',
  },
  ReservedNameException: {
    code: 'PARAMETER_INVALID',
    reason: said('WorkMail keeps that name for itself'),
    advice: 'Choose another name.',
  },
  TooManyTagsException: {
    code: 'PARAMETER_INVALID',
    reason: said('there are more than 50 tags'),
    advice: 'Remove tags.',
  },
  ValidationException: {
    code: 'PARAMETER_INVALID',
    reason: said('a parameter is not well formed'),
    advice: 'Check what the message names.',
  },
  AccessDeniedException: {
    code: 'ACCESS_DENIED',
    reason: (failure) =>
      `${failure.principal ?? 'the caller'} may not perform ${failure.action ?? 'this WorkMail operation'}`,
    advice: (failure) =>
      `Allow ${failure.action ?? 'the operation'} in the IAM policy; StartMailboxExportJob needs iam:PassRole on the export role too.`,
  },
};
