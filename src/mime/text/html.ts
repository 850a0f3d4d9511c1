import { Tokenizer } from 'htmlparser2';

/** Elements whose text nobody is shown. */
const UNSHOWN = new Set(['script', 'style', 'title', 'template', 'xml']);
/** Elements that begin and end a line; the value is the number of line breaks around them. */
const BLOCKS: ReadonlyMap<string, number> = new Map([
  ...[
    'div',
    'tr',
    'li',
    'dt',
    'dd',
    'section',
    'article',
    'header',
    'footer',
    'center',
    'form',
    'option',
    'address',
  ].map((name): [string, number] => [name, 1]),
  ...['aside', 'nav', 'main', 'figure', 'figcaption', 'caption', 'thead', 'tbody', 'tfoot', 'body', 'fieldset'].map(
    (name): [string, number] => [name, 1],
  ),
  ...['p', 'table', 'ul', 'ol', 'dl', 'blockquote', 'pre', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr'].map(
    (name): [string, number] => [name, 2],
  ),
]);

/**
 * The text an HTML document shows: blocks on lines of their own, cells apart by a tab, `pre` as it stands; without
 * scripts, styles, comments and markup. The tokenizer is htmlparser2's; no tree is built, as mail nests elements
 * ten thousand deep to make readers recurse. Linear.
 */
export function htmlToText(html: string): string {
  const writer = new TextWriter();
  let unshown: string | null = null;
  let name = '';
  let lastIslandEnd: number | null = null;
  // An element that browsers know nothing of and show: only where it is closed, it is one of Office's.
  const isOpenEnded = (at: number): boolean => {
    if (name !== 'xml') return false;
    lastIslandEnd ??= html.toLowerCase().lastIndexOf('</xml');
    return lastIslandEnd < at;
  };
  const text = (from: number, to: number): void => {
    if (unshown === null && to > from) writer.text(html.slice(from, to));
  };
  const ignore = (): void => undefined;
  const tokenizer = new Tokenizer(
    { decodeEntities: true },
    {
      ontext: text,
      ontextentity: (codepoint) => {
        if (unshown === null) writer.text(String.fromCodePoint(codepoint));
      },
      oncdata: (from, to, offset) => text(from, to - offset),
      onopentagname: (from, to) => {
        name = html.slice(from, to).toLowerCase();
        if (unshown === null) writer.open(name);
      },
      onopentagend: (at) => {
        if (unshown === null && UNSHOWN.has(name) && !isOpenEnded(at)) unshown = name;
      },
      onclosetag: (from, to) => {
        const closed = html.slice(from, to).toLowerCase();
        if (unshown === closed) unshown = null;
        else if (unshown === null) writer.close(closed);
      },
      onselfclosingtag: ignore,
      onattribdata: ignore,
      onattribentity: ignore,
      onattribend: ignore,
      onattribname: ignore,
      oncomment: ignore,
      ondeclaration: ignore,
      onprocessinginstruction: ignore,
      onend: ignore,
    },
  );
  tokenizer.write(html);
  tokenizer.end();
  return writer.finish();
}

const BLANKS = /[ \t\r\n\f]+/g;

/** Writes text with its blanks run together, as HTML shows it. */
class TextWriter {
  private readonly pieces: string[] = [];
  private breaks = 0;
  private space = false;
  private tab = false;
  private empty = true;
  private preformatted = 0;

  text(text: string): void {
    if (this.preformatted > 0) {
      this.put(text.replace(/\r\n?/g, '\n'));
      return;
    }
    const joined = text.replace(BLANKS, ' ');
    if (joined === ' ') {
      this.space = true;
      return;
    }
    const leading = joined.startsWith(' ');
    const trailing = joined.endsWith(' ');
    if (leading) this.space = true;
    this.put(joined.slice(leading ? 1 : 0, trailing ? -1 : undefined));
    this.space = trailing;
  }

  open(name: string): void {
    if (name === 'br') this.breakLine();
    else if (name === 'td' || name === 'th') this.tab = true;
    else this.block(name);
    if (name === 'pre') this.preformatted++;
  }

  close(name: string): void {
    if (name === 'pre' && this.preformatted > 0) this.preformatted--;
    this.block(name);
  }

  finish(): string {
    const text = this.pieces.join('');
    return text === '' ? '' : `${text}\n`;
  }

  private block(name: string): void {
    const around = BLOCKS.get(name);
    if (around === undefined) return;
    if (this.breaks < around) this.breaks = around;
    this.space = false;
    this.tab = false;
  }

  private breakLine(): void {
    if (!this.empty) this.breaks++;
    this.space = false;
    this.tab = false;
  }

  private put(text: string): void {
    if (text === '') return;
    if (this.breaks > 0) {
      if (!this.empty) this.pieces.push('\n'.repeat(Math.min(this.breaks, 3)));
    } else if (!this.empty && this.tab) this.pieces.push('\t');
    else if (!this.empty && this.space) this.pieces.push(' ');
    this.pieces.push(text);
    this.breaks = 0;
    this.space = false;
    this.tab = false;
    this.empty = false;
  }
}

/** The charset an HTML document names in its own head, within the first 2,048 octets; null where it names none. */
export function charsetOfHtml(octets: Buffer): string | null {
  const head = octets.toString('latin1', 0, Math.min(octets.length, 2_048));
  return /<meta[^>]{0,200}?charset\s{0,10}=\s{0,10}["']?([a-z0-9_:.-]{1,40})/i.exec(head)?.[1] ?? null;
}
