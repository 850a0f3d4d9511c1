import type { EmailHeader } from '../../../model/index.ts';

/**
 * Header fields in PR_TRANSPORT_MESSAGE_HEADERS: values as they stood, folds included, without the final line break.
 * A line that is neither a field nor a fold is passed over: Exchange puts a remark of its own before the first field.
 */
export function readTransportHeaders(text: string): EmailHeader[] {
  const fields: { name: string; start: number; end: number }[] = [];
  let at = 0;
  while (at < text.length) {
    const feed = text.indexOf('\n', at);
    const next = feed < 0 ? text.length : feed + 1;
    const end = feed < 0 ? text.length : text[feed - 1] === '\r' && feed > at ? feed - 1 : feed;
    const last = fields.at(-1);
    const folded = text[at] === ' ' || text[at] === '\t';
    if (folded && last !== undefined) last.end = end;
    else if (!folded) {
      const colon = text.slice(at, Math.min(end, at + NAME_LIMIT)).indexOf(':');
      const name = colon < 0 ? '' : text.slice(at, at + colon).trimEnd();
      if (NAME.test(name)) fields.push({ name, start: at + colon + 1, end });
    }
    at = next;
  }
  return fields.map(({ name, start, end }) => ({ name, value: text.slice(start, end) }));
}

/** RFC 5322 §2.2: printable ASCII without the colon. */
const NAME = /^[\x21-\x39\x3b-\x7e]+$/;
const NAME_LIMIT = 998;
