import type { SeededRandom } from './random.ts';
import { type Language, WORDS } from './vocabulary.ts';

const LINE = 74;

/** Paragraphs of about `size` characters, wrapped; CRLF between lines. */
export function prose(random: SeededRandom, language: Language, size: number): string {
  return language.tag === 'en' ? english(random, size) : sentences(random, language, size);
}

function english(random: SeededRandom, size: number): string {
  let text = '';
  let column = 0;
  let start = true;
  while (text.length < size) {
    const word = random.pick(WORDS);
    const draw = random.next();
    // One draw decides what follows: an end of paragraph, of sentence, a comma, a figure, or nothing.
    const share = draw & 0x3f;
    const token = start ? word.charAt(0).toUpperCase() + word.slice(1) : share === 7 ? String(draw >>> 14) : word;
    if (column + token.length > LINE) {
      text += '\r\n';
      column = 0;
    } else if (column > 0) {
      text += ' ';
      column += 1;
    }
    text += token;
    column += token.length;
    start = share < 6;
    if (share < 5) {
      text += '.';
      column += 1;
    } else if (share === 5) {
      text += '.\r\n\r\n';
      column = 0;
    } else if (share < 12) {
      text += ',';
      column += 1;
    }
  }
  return `${text}.\r\n`;
}

function sentences(random: SeededRandom, language: Language, size: number): string {
  let text = '';
  while (text.length < size) {
    text += random.pick(language.sentences);
    text += random.below(5) === 0 ? '\r\n\r\n' : random.below(2) === 0 ? '\r\n' : ` ${random.below(1000)} `;
  }
  return `${text}\r\n`;
}

/** The same text as a mail client would write it in HTML. */
export function asHtml(text: string, charset: string): string {
  const paragraphs = text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .split('\r\n\r\n')
    .map((paragraph) => `<p style="margin: 0px; font-family: Arial, Helvetica, sans-serif;">${paragraph.trim()}</p>`)
    .join('\r\n<p><br></p>\r\n');
  return `<!DOCTYPE html>\r\n<html><head><meta http-equiv="Content-Type" content="text/html; charset=${charset}"></head>\r\n<body>\r\n${paragraphs}\r\n</body></html>\r\n`;
}
