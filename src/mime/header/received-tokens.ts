/** A word of a trace field, or a comment without its parentheses. */
export interface ReceivedToken {
  readonly kind: 'word' | 'comment';
  readonly text: string;
}

/** More is no trace field; the rest is left unread. */
const MAX_TOKENS = 1_000;

/** No host name, address or protocol is longer. */
const MAX_LENGTH = 1_000;

/** Cuts a trace field into words and comments; a comment holds those within it. One that is never closed runs to the end. */
export function receivedTokens(text: string): ReceivedToken[] {
  const tokens: ReceivedToken[] = [];
  let depth = 0;
  let start = 0;
  const end = (at: number, kind: ReceivedToken['kind']): void => {
    if (at > start && tokens.length < MAX_TOKENS)
      tokens.push({ kind, text: text.slice(start, Math.min(at, start + MAX_LENGTH)) });
  };
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x28) {
      if (depth === 0) {
        end(at, 'word');
        start = at + 1;
      }
      depth++;
    } else if (code === 0x29 && depth > 0) {
      if (--depth === 0) {
        end(at, 'comment');
        start = at + 1;
      }
    } else if (depth === 0 && (code === 0x20 || code === 0x09)) {
      end(at, 'word');
      start = at + 1;
    }
  }
  end(text.length, depth > 0 ? 'comment' : 'word');
  return tokens;
}
