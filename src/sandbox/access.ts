/** Who the sandbox believes is calling, and what that principal may not do. */
export interface Access {
  readonly principalArn: string;
  /** IAM actions that are refused (`kms:Decrypt`, `s3:ListBucket`, `workmail:StartMailboxExportJob`). */
  readonly denied: Set<string>;
}

/** IAM's sentence for an action no policy allows. */
export function notAuthorized(access: Access, action: string, resource: string): string {
  return `User: ${access.principalArn} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;
}
