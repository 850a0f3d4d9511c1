/** WorkMail's exceptions; all travel with status 400. */
export type WorkMailErrorName =
  | 'AccessDeniedException'
  | 'EntityNotFoundException'
  | 'InvalidParameterException'
  | 'LimitExceededException'
  | 'OrganizationNotFoundException'
  | 'OrganizationStateException';

export class WorkMailError extends Error {
  override readonly name: WorkMailErrorName;

  constructor(name: WorkMailErrorName, message: string) {
    super(message);
    this.name = name;
  }
}
