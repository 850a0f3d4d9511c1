import { Parser } from 'htmlparser2';
import { MailproofError } from '../model/index.ts';

/** An element of a SOAP answer, by its local name: every server has prefixes of its own. */
export interface EwsElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: EwsElement[];
  text: string;
}

/** EWS nests a dozen elements; an answer that nests more is none. */
const DEEPEST = 100;

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);
const elementOf = (name: string, attributes: Readonly<Record<string, string>> = {}): EwsElement => ({
  name: localName(name),
  attributes: new Map(Object.entries(attributes)),
  children: [],
  text: '',
});

/**
 * The elements of a SOAP answer; null where it is none, such as a web page of a proxy. No entity is expanded but XML's own
 * five. Throws TEMPORARY for an answer that is cut: half a list of folders must not pass for all of it.
 */
export function soapBody(xml: string): EwsElement | null {
  const root = elementOf('');
  const open = [root];
  let cut = false;
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        const element = elementOf(name, attributes);
        if (open.length > DEEPEST) throw new MailproofError('SOURCE_UNREADABLE', 'The EWS answer nests too deep.');
        open.at(-1)?.children.push(element);
        open.push(element);
      },
      ontext(text) {
        const element = open.at(-1);
        if (element !== undefined) element.text += text;
      },
      onclosetag(_, isImplied) {
        // An empty element closes itself; one that something else had to close has lost its end.
        if (isImplied && xml.slice(parser.endIndex - 1, parser.endIndex + 1) !== '/>') cut = true;
        open.pop();
      },
    },
    { xmlMode: true },
  );
  parser.end(xml);
  const envelope = child(root, 'Envelope');
  if (envelope === null) return null;
  if (cut) {
    throw new MailproofError('TEMPORARY', 'The EWS answer is cut off.', { advice: 'Run again.' });
  }
  return child(envelope, 'Body');
}

export const child = (element: EwsElement, name: string): EwsElement | null =>
  element.children.find((each) => each.name === name) ?? null;

/** Text of a child without the white space around it: some servers break their lines within. Null where there is none. */
export const childText = (element: EwsElement, name: string): string | null =>
  child(element, name)?.text.trim() ?? null;

/** Every element of a name below an element, in order. */
export function* descendants(element: EwsElement, name: string): Generator<EwsElement> {
  for (const each of element.children) {
    if (each.name === name) yield each;
    yield* descendants(each, name);
  }
}
