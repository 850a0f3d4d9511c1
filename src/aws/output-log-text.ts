/**
 * What may be an output log, as fields. AWS documents its keys and not where or in what form it is written: so JSON, a
 * table of one row, and lines of names and values are read, in whatever a spreadsheet or an editor made of them.
 */
export function* logFields(text: string): Generator<object> {
  // A byte order mark is no JSON; editors and PowerShell write one.
  const content = text.replace(/^\uFEFF/, '').trim();
  if (/^[[{]/.test(content)) yield* jsonObjects(content);
  else {
    const lines = content.split(/\r\n?|\n/).filter((line) => line.trim() !== '');
    yield* [pairs(lines), row(lines)].filter((fields) => fields !== null);
  }
}

/** Objects within objects and lists are looked into so deep. */
const DEPTH = 4;

function* jsonObjects(content: string): Generator<object> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(content);
  } catch {
    return;
  }
  yield* objectsWithin(parsed, DEPTH);
}

function* objectsWithin(value: unknown, depth: number): Generator<object> {
  if (typeof value !== 'object' || value === null || depth === 0) return;
  if (!Array.isArray(value)) yield value;
  for (const inner of Object.values(value)) yield* objectsWithin(inner, depth - 1);
}

const unquoted = (text: string): string => text.trim().replace(/^"(.*)"$/, '$1');

/** `name=value`, `name: value`, `name,value`, `"name"<tab>"value"`: one a line. */
function pairs(lines: readonly string[]): object | null {
  const fields = new Map<string, string>();
  for (const line of lines) {
    const at = line.search(/[=:,;\t]/);
    if (at < 0) continue;
    const value = line.slice(at + 1).trim();
    fields.set(unquoted(line.slice(0, at)), unquoted(value.endsWith(',') ? value.slice(0, -1) : value));
  }
  return fields.size === 0 ? null : Object.fromEntries(fields);
}

/** A heading and one row. */
function row([heading, values, ...more]: readonly string[]): object | null {
  if (heading === undefined || values === undefined || more.length > 0) return null;
  const separator = [',', ';', '\t'].find((each) => heading.includes(each));
  if (separator === undefined) return null;
  const cells = (line: string): string[] => line.split(separator).map(unquoted);
  const names = cells(heading);
  const found = cells(values);
  return names.length === found.length ? Object.fromEntries(names.map((name, at) => [name, found[at] ?? ''])) : null;
}

/** Every value a name is given in a text, JSON or not, as it stands there without its quotes. */
export function namedValues(text: string, name: string): readonly string[] {
  const given = new RegExp(`(?:^|[\\s{,;"])${name}"?\\s*[=:,;\\t]\\s*("(?:[^"\\\\]|\\\\.)*"|[^\\s,;}\\]]+)`, 'gi');
  return [...text.matchAll(given)].map(([, value = '']) => unquoted(value));
}
