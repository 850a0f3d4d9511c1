import {
  GetMailboxDetailsCommand,
  ListResourcesCommand,
  ListUsersCommand,
  type WorkMailClient,
} from '@aws-sdk/client-workmail';
import { asking, nextToken } from './job.ts';

interface OrganizationRequest {
  readonly workmail: WorkMailClient;
  readonly organizationId: string;
  readonly signal?: AbortSignal | undefined;
}

/** What WorkMail tells of a mailbox: whole megabytes, contacts and attachments included. */
export interface MailboxDetails {
  readonly quotaMegabytes: number | null;
  readonly sizeMegabytes: number | null;
}

/** A user or a resource (a room, a device): both may have a mailbox. */
export interface MailboxOwner {
  readonly kind: 'user' | 'resource';
  readonly id: string;
  readonly email: string | null;
  readonly name: string | null;
  /** `ENABLED`, `DISABLED` or `DELETED`: only an enabled one has a mailbox to export. */
  readonly state: string | null;
  /** `USER`, `RESOURCE`, `SYSTEM_USER`, `REMOTE_USER`; `ROOM` or `EQUIPMENT`. */
  readonly role: string | null;
}

/** Asks for the size of a mailbox. Throws ENTITY_NOT_FOUND, ORGANIZATION_NOT_FOUND, ORGANIZATION_STATE. */
export async function getMailboxDetails(
  request: OrganizationRequest & { readonly userId: string },
): Promise<MailboxDetails> {
  const { workmail, organizationId, userId } = request;
  const what = `The mailbox of ${userId} could not be asked for its size`;
  const answer = await asking(request, { what, subject: 'entity' }, (options) =>
    workmail.send(new GetMailboxDetailsCommand({ OrganizationId: organizationId, UserId: userId }), options),
  );
  return { quotaMegabytes: answer.MailboxQuota ?? null, sizeMegabytes: answer.MailboxSize ?? null };
}

/** The users of an organization, all pages. Throws ORGANIZATION_NOT_FOUND, ORGANIZATION_STATE, PARAMETER_INVALID. */
export async function* listUsers(request: OrganizationRequest): AsyncGenerator<MailboxOwner> {
  const { workmail, organizationId } = request;
  const what = `The users of ${organizationId} could not be listed`;
  const seen = new Set<string>();
  let NextToken: string | undefined;
  do {
    const answer = await asking(request, { what, subject: 'entity' }, (options) =>
      workmail.send(
        new ListUsersCommand({ OrganizationId: organizationId, MaxResults: 100, ...page(NextToken) }),
        options,
      ),
    );
    for (const user of answer.Users ?? []) {
      if (user.Id !== undefined) yield owner('user', user.Id, user, user.UserRole);
    }
    NextToken = nextToken(answer.NextToken, seen, what);
  } while (NextToken !== undefined);
}

/** The resources of an organization, all pages. Throws what `listUsers` throws. */
export async function* listResources(request: OrganizationRequest): AsyncGenerator<MailboxOwner> {
  const { workmail, organizationId } = request;
  const what = `The resources of ${organizationId} could not be listed`;
  const seen = new Set<string>();
  let NextToken: string | undefined;
  do {
    const answer = await asking(request, { what, subject: 'entity' }, (options) =>
      workmail.send(
        new ListResourcesCommand({ OrganizationId: organizationId, MaxResults: 100, ...page(NextToken) }),
        options,
      ),
    );
    for (const resource of answer.Resources ?? []) {
      if (resource.Id !== undefined) yield owner('resource', resource.Id, resource, resource.Type);
    }
    NextToken = nextToken(answer.NextToken, seen, what);
  } while (NextToken !== undefined);
}

const page = (NextToken: string | undefined) => (NextToken === undefined ? {} : { NextToken });

function owner(
  kind: MailboxOwner['kind'],
  id: string,
  fields: {
    readonly Email?: string | undefined;
    readonly Name?: string | undefined;
    readonly State?: string | undefined;
  },
  role: string | undefined,
): MailboxOwner {
  return {
    kind,
    id,
    email: fields.Email ?? null,
    name: fields.Name ?? null,
    state: fields.State ?? null,
    role: role ?? null,
  };
}
