/**
 * Answers in the shapes that servers and their documentation are known to send, written anew with our own folders. Where a
 * shape was seen: Microsoft's reference of FindFolder (Exchange 2007, unprefixed) and of paged searches; Evolution's traces
 * of Exchange 2010 SP2; Office 365 as printed in reports of its users; exchangelib's issues 294 and 374 and its tests.
 */
const MESSAGES = 'http://schemas.microsoft.com/exchange/services/2006/messages';
const TYPES = 'http://schemas.microsoft.com/exchange/services/2006/types';
const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';

/** No prefix on messages, no offset, no parent: all that the first version says. */
export const EXCHANGE_2007 = `<?xml version="1.0" encoding="utf-8"?>
<soap:Envelope xmlns:soap="${SOAP}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <soap:Header>
    <t:ServerVersionInfo MajorVersion="8" MinorVersion="0" MajorBuildNumber="652" xmlns:t="${TYPES}" />
  </soap:Header>
  <soap:Body>
    <FindFolderResponse xmlns:m="${MESSAGES}" xmlns:t="${TYPES}" xmlns="${MESSAGES}">
      <m:ResponseMessages>
        <m:FindFolderResponseMessage ResponseClass="Success">
          <m:ResponseCode>NoError</m:ResponseCode>
          <m:RootFolder TotalItemsInView="1" IncludesLastItemInRange="true">
            <t:Folders>
              <t:Folder>
                <t:FolderId Id="AQAnAH" ChangeKey="AQAAABY" />
                <t:DisplayName>TestFolder</t:DisplayName>
                <t:TotalCount>3</t:TotalCount>
                <t:ChildFolderCount>0</t:ChildFolderCount>
                <t:UnreadCount>0</t:UnreadCount>
              </t:Folder>
            </t:Folders>
          </m:RootFolder>
        </m:FindFolderResponseMessage>
      </m:ResponseMessages>
    </FindFolderResponse>
  </soap:Body>
</soap:Envelope>`;

const RIGHTS =
  '<t:EffectiveRights><t:CreateContents>true</t:CreateContents><t:Read>true</t:Read><t:ViewPrivateItems>true</t:ViewPrivateItems></t:EffectiveRights>';
const FOLDER_ID = (id: string) => `<t:FolderId Id="${id}" ChangeKey="AQAAABYAAABPRrS+"/>`;
const PARENT_ID = (id: string) => `<t:ParentFolderId Id="${id}" ChangeKey="AQAAAA=="/>`;

/** Search folders, folders without a class or a name, folders that may not be counted, rights between what is asked. */
export const OFFICE_365 = `<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="${SOAP}"><s:Header><h:ServerVersionInfo MajorVersion="15" MinorVersion="20" Version="V2018_01_08" xmlns:h="${TYPES}" xmlns="${TYPES}" xmlns:xsd="http://www.w3.org/2001/XMLSchema"/></s:Header><s:Body xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><m:FindFolderResponse xmlns:m="${MESSAGES}" xmlns:t="${TYPES}"><m:ResponseMessages><m:FindFolderResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode><m:RootFolder IndexedPagingOffset="7" TotalItemsInView="7" IncludesLastItemInRange="true"><t:Folders>
<t:SearchFolder>${FOLDER_ID('s+/=')}${PARENT_ID('root')}<t:FolderClass>IPF.Note</t:FolderClass><t:DisplayName>AllItems</t:DisplayName><t:TotalCount>282</t:TotalCount>${RIGHTS}<t:UnreadCount>66</t:UnreadCount></t:SearchFolder>
<t:Folder>${FOLDER_ID('in')}${PARENT_ID('root')}<t:FolderClass>IPF.Note</t:FolderClass><t:DisplayName>Posteingang</t:DisplayName><t:TotalCount>5</t:TotalCount>${RIGHTS}</t:Folder>
<t:Folder>${FOLDER_ID('sub')}${PARENT_ID('in')}<t:FolderClass>IPF.Imap</t:FolderClass><t:DisplayName><![CDATA[R&D <alt>]]></t:DisplayName><t:TotalCount>2</t:TotalCount></t:Folder>
<t:Folder>${FOLDER_ID('app')}${PARENT_ID('root')}<t:DisplayName>BulkActions</t:DisplayName><t:TotalCount>0</t:TotalCount></t:Folder>
<t:Folder>${FOLDER_ID('locked')}${PARENT_ID('root')}<t:DisplayName>Gesperrt</t:DisplayName></t:Folder>
<t:CalendarFolder>${FOLDER_ID('cal')}${PARENT_ID('root')}<t:FolderClass>IPF.Appointment</t:FolderClass><t:DisplayName>Календарь</t:DisplayName><t:TotalCount>4</t:TotalCount><t:SharingEffectiveRights><t:Folder>x</t:Folder></t:SharingEffectiveRights></t:CalendarFolder>
<t:Folder>${FOLDER_ID('none')}${PARENT_ID('root')}<t:FolderClass>IPF.Configuration</t:FolderClass><t:DisplayName/><t:TotalCount>9</t:TotalCount></t:Folder>
</t:Folders></m:RootFolder></m:FindFolderResponseMessage></m:ResponseMessages></m:FindFolderResponse></s:Body></s:Envelope>`;

const found = (id: string) =>
  `<m:GetFolderResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode><m:Folders><t:Folder>${FOLDER_ID(id)}</t:Folder></m:Folders></m:GetFolderResponseMessage>`;
const LACKING =
  '<m:GetFolderResponseMessage ResponseClass="Error"><m:MessageText>The specified folder could not be found in the store.</m:MessageText><m:ResponseCode>ErrorFolderNotFound</m:ResponseCode><m:DescriptiveLinkKey>0</m:DescriptiveLinkKey><m:Folders/></m:GetFolderResponseMessage>';

/** GetFolder over six folders; null for one that the mailbox lacks. */
export const getFolderAnswer = (ids: readonly (string | null)[]): string =>
  `<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="${SOAP}"><s:Body><m:GetFolderResponse xmlns:m="${MESSAGES}" xmlns:t="${TYPES}"><m:ResponseMessages>${ids.map((id) => (id === null ? LACKING : found(id))).join('')}</m:ResponseMessages></m:GetFolderResponse></s:Body></s:Envelope>`;

/** A page that says there is more and holds nothing, again and again. */
export const EMPTY_PAGE = `<s:Envelope xmlns:s="${SOAP}"><s:Body><m:FindFolderResponse xmlns:m="${MESSAGES}" xmlns:t="${TYPES}"><m:ResponseMessages>
                <m:FindFolderResponseMessage ResponseClass="Success">
                    <m:ResponseCode>NoError</m:ResponseCode>
                    <m:RootFolder IndexedPagingOffset="1" TotalItemsInView="751" IncludesLastItemInRange="false">
                        <t:Folders/>
                    </m:RootFolder>
                </m:FindFolderResponseMessage></m:ResponseMessages></m:FindFolderResponse></s:Body></s:Envelope>`;

/** A fault with its lines broken, as proxies and logs pass it on. */
export const BUSY_FAULT = `<?xml version='1.0' encoding='utf-8'?>
<s:Envelope xmlns:s='${SOAP}'>
  <s:Body>
    <s:Fault>
      <faultcode xmlns:a='${TYPES}'>a:ErrorServerBusy</faultcode>
      <faultstring xml:lang='en-US'>The server cannot service this request right now. Try again later.</faultstring>
      <detail>
        <e:ResponseCode xmlns:e='http://schemas.microsoft.com/exchange/services/2006/errors'>
          ErrorServerBusy
        </e:ResponseCode>
        <t:MessageXml xmlns:t='${TYPES}'>
          <t:Value Name='BackOffMilliseconds'>297749</t:Value>
        </t:MessageXml>
      </detail>
    </s:Fault>
  </s:Body>
</s:Envelope>`;

/** A fault that names its code only in front. */
export const bareFault = (code: string): string =>
  `<s:Envelope xmlns:s="${SOAP}"><s:Body><s:Fault><faultcode xmlns:a="${TYPES}">a:${code}</faultcode><faultstring>No.</faultstring></s:Fault></s:Body></s:Envelope>`;

/** An error within an answer of status 200. */
export const errorAnswer = (code: string): string =>
  `<s:Envelope xmlns:s="${SOAP}"><s:Body><m:FindFolderResponse xmlns:m="${MESSAGES}" xmlns:t="${TYPES}"><m:ResponseMessages><m:FindFolderResponseMessage ResponseClass="Error"><m:MessageText>Said so.</m:MessageText><m:ResponseCode>${code}</m:ResponseCode><m:DescriptiveLinkKey>0</m:DescriptiveLinkKey><m:MessageXml><t:Value Name="BackOffMilliseconds">50</t:Value></m:MessageXml></m:FindFolderResponseMessage></m:ResponseMessages></m:FindFolderResponse></s:Body></s:Envelope>`;

export const WEB_PAGE =
  '<!DOCTYPE html><html><head><title>Sign in</title><meta charset="utf-8"></head><body><p>Sign in<br></body></html>';
