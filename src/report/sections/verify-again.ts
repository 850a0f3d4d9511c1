import { code, html, type Markup } from '../html.ts';
import { custodyText, type ReportInput } from '../input.ts';

/** Makes a word safe to paste into a shell: a location is somebody else's text. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

const block = (text: string): Markup => html`<pre>${code(text)}</pre>`;

/** The commands by which anybody can check this again, with Mailproof and without. */
export function verifyAgainSection({ custody, facts, root, timestamp }: ReportInput): Markup {
  const location = custodyText(custody, 'source', 'location') ?? facts?.object?.location ?? null;
  const archive = location === null ? 'ARCHIVE' : shellWord(location);
  const stamp =
    timestamp === null || timestamp === undefined
      ? null
      : html`<h3>The time stamp, without Mailproof</h3>
${block('openssl ts -verify -data manifest.json -in timestamp.tsr -CAfile AUTHORITY.pem')}`;
  return html`<h3>Without Mailproof, in the run’s folder</h3>
${block('sha256sum -c manifest-sha256.txt')}
<p class="note">Checks every file of the run against the digests that manifest.json lists, and manifest.json itself.</p>
<h3>The archive itself</h3>
${block(`echo "${root.archive.sha256}  FILE" | sha256sum -c`)}
<p class="note">FILE is the archive, fetched to disk.</p>
${stamp}<h3>With Mailproof: every item read and hashed again</h3>
${block(`mailproof verify . --source ${archive}`)}
<h3>With Mailproof: against the mailbox while it exists, until 2027-03-31</h3>
${block('mailproof verify . --against imaps://USER@imap.mail.REGION.awsapps.com')}`;
}
