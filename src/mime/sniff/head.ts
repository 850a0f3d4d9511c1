/** The first octets as text, without a byte order mark and blanks. */
export function textOfHead(head: Buffer): string {
  return head
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart();
}

/** Whether the first octets, as `textOfHead` gives them, are a calendar's. */
export function beginsCalendar(text: string): boolean {
  return /^BEGIN:VCALENDAR/i.test(text);
}

/** Whether the first octets, as `textOfHead` gives them, are TNEF's. */
export function beginsTnef(text: string): boolean {
  return text.startsWith('\x78\x9f\x3e\x22');
}
