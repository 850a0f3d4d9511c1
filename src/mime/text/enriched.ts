/** A command, an escaped bracket, line breaks, text, a bracket that is none of these. */
const TOKEN = /<<|<(\/?)([a-z0-9-]{1,60})>|\n+|[^<\n]+|</gi;

/**
 * The text of text/enriched (RFC 1896), and of its forerunner text/richtext (RFC 1341 §7.1.3): commands are taken out, a
 * line break is a blank, of more in a row one goes; richtext has commands for its line breaks. Linear.
 */
export function enrichedToText(source: string, richtext: boolean): string {
  const pieces: string[] = [];
  let verbatim = 0;
  let unshown = 0;
  for (const [token, slash, command] of source.matchAll(TOKEN)) {
    const name = command?.toLowerCase();
    const step = slash === '/' ? -1 : 1;
    if (name === 'nofill') verbatim = Math.max(0, verbatim + step);
    else if (name === 'param' || name === 'comment') unshown = Math.max(0, unshown + step);
    if (unshown > 0) continue;
    if (name !== undefined) pieces.push(step > 0 && richtext ? (SIGNS.get(name) ?? '') : '');
    else if (token === '<<') pieces.push(richtext ? token : '<');
    else if (!token.startsWith('\n') || verbatim > 0) pieces.push(token);
    else pieces.push(token.length > 1 && !richtext ? token.slice(1) : ' ');
  }
  const text = pieces.join('').trimEnd();
  return text === '' ? '' : `${text}\n`;
}

/** Commands of richtext that stand for characters. */
const SIGNS: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['nl', '\n'],
  ['np', '\n\n'],
]);
