/** The folders that every mailbox has, by the names the protocol gives them, whatever language their owner reads. */
export const EWS_ROLES = ['inbox', 'sentitems', 'drafts', 'deleteditems', 'junkemail', 'calendar'] as const;
export type EwsRole = (typeof EWS_ROLES)[number];

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** Exchange2010_SP2 is all that WorkMail speaks: later versions are answered with ErrorInvalidServerVersion. */
const envelope = (address: string, body: string): string => `<?xml version="1.0" encoding="utf-8"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types" xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages">
<soap:Header><t:RequestServerVersion Version="Exchange2010_SP2"/><t:ExchangeImpersonation><t:ConnectingSID><t:PrimarySmtpAddress>${escaped(address)}</t:PrimarySmtpAddress></t:ConnectingSID></t:ExchangeImpersonation></soap:Header>
<soap:Body>${body}</soap:Body>
</soap:Envelope>`;

/** FindFolder over the whole tree below the mailbox's visible root, one page of it, as the mailbox's owner. */
export function findFolderRequest(address: string, offset: number, page: number): string {
  const properties = ['DisplayName', 'ParentFolderId', 'TotalCount', 'FolderClass'];
  const fields = properties.map((name) => `<t:FieldURI FieldURI="folder:${name}"/>`).join('');
  return envelope(
    address,
    `<m:FindFolder Traversal="Deep"><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>${fields}</t:AdditionalProperties></m:FolderShape><m:IndexedPageFolderView MaxEntriesReturned="${page}" Offset="${offset}" BasePoint="Beginning"/><m:ParentFolderIds><t:DistinguishedFolderId Id="msgfolderroot"/></m:ParentFolderIds></m:FindFolder>`,
  );
}

/** GetFolder for the folders of `EWS_ROLES`, answered in this order. */
export function getFolderRequest(address: string): string {
  const folders = EWS_ROLES.map((role) => `<t:DistinguishedFolderId Id="${role}"/>`).join('');
  return envelope(
    address,
    `<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:FolderIds>${folders}</m:FolderIds></m:GetFolder>`,
  );
}
