/** What an element holds: text, children, or several elements of one name. Absent values make no element. */
export type XmlValue = string | number | boolean | null | undefined | XmlContent | readonly XmlValue[];
export interface XmlContent {
  readonly [name: string]: XmlValue;
}

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** A document with one root element; `namespace` null leaves it out, as S3's error documents do. */
export function elements(root: string, content: XmlContent, namespace: string | null = NAMESPACE): Uint8Array {
  const attribute = namespace === null ? '' : ` xmlns="${namespace}"`;
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<${root}${attribute}>${write(content)}</${root}>`);
}

function write(content: XmlContent): string {
  return Object.entries(content)
    .map(([name, value]) => element(name, value))
    .join('');
}

function element(name: string, value: XmlValue): string {
  if (value === null || value === undefined) return '';
  if (isList(value)) return value.map((each) => element(name, each)).join('');
  return `<${name}>${typeof value === 'object' ? write(value) : escapeText(String(value))}</${name}>`;
}

function isList(value: XmlValue): value is readonly XmlValue[] {
  return Array.isArray(value);
}

function escapeText(text: string): string {
  return text.replace(/[&<>"\r]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}

export interface XmlElement {
  readonly name: string;
  readonly text: string;
  readonly children: readonly XmlElement[];
}

interface OpenElement {
  readonly name: string;
  text: string;
  readonly children: XmlElement[];
}

/** Elements deeper than any of S3's documents: beyond it, it is an attack on the reader. */
const DEPTH_LIMIT = 16;

/** Reads a small document: elements and text, no attributes. Null where it is not well-formed. Linear in its length. */
export function readXml(text: string): XmlElement | null {
  const open: OpenElement[] = [];
  let at = 0;
  while (at < text.length) {
    const less = text.indexOf('<', at);
    if (less < 0) return null;
    const current = open.at(-1);
    if (current !== undefined) current.text += unescapeText(text.slice(at, less));
    const greater = text.indexOf('>', less);
    if (greater < 0) return null;
    const tag = text.slice(less + 1, greater);
    at = greater + 1;
    if (tag.startsWith('?') || tag.startsWith('!')) continue;
    if (tag.startsWith('/')) {
      const closed = open.pop();
      if (closed === undefined || closed.name !== tag.slice(1).trim()) return null;
      const parent = open.at(-1);
      if (parent === undefined) return closed;
      parent.children.push(closed);
      continue;
    }
    const empty = tag.endsWith('/');
    const name = (empty ? tag.slice(0, -1) : tag).split(/\s/, 1)[0] ?? '';
    const made: OpenElement = { name, text: '', children: [] };
    if (!empty) {
      if (open.length >= DEPTH_LIMIT) return null;
      open.push(made);
      continue;
    }
    if (open.length === 0) return made;
    open.at(-1)?.children.push(made);
  }
  return null;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescapeText(text: string): string {
  return text.replace(/&(#x?[0-9a-fA-F]{1,6}|[a-z]{2,4});/g, (whole, name: string) => {
    if (!name.startsWith('#')) return ENTITIES[name] ?? whole;
    const code = name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** The text of the first child of that name, or null. */
export function childText(parent: XmlElement | null | undefined, name: string): string | null {
  return parent?.children.find((child) => child.name === name)?.text ?? null;
}

/** The first child of that name, or null. */
export function child(parent: XmlElement | null | undefined, name: string): XmlElement | null {
  return parent?.children.find((each) => each.name === name) ?? null;
}
