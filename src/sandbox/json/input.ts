/** A request's members as AWS JSON 1.1 carries them. */
export type JsonInput = Readonly<Record<string, unknown>>;

/** Reads a body; null where it is not a JSON object. An empty body is an empty object. */
export function readInput(body: Uint8Array): JsonInput | null {
  if (body.length === 0) return {};
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

export function isObject(value: unknown): value is JsonInput {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A string member, or undefined. */
export function textOf(input: JsonInput, name: string): string | undefined {
  const value = input[name];
  return typeof value === 'string' ? value : undefined;
}

/** A number member, or undefined. */
export function numberOf(input: JsonInput, name: string): number | undefined {
  const value = input[name];
  return typeof value === 'number' ? value : undefined;
}

/** A base64 member's octets, or undefined. */
export function octetsOf(input: JsonInput, name: string): Buffer | undefined {
  const value = textOf(input, name);
  return value === undefined ? undefined : Buffer.from(value, 'base64');
}

/** A member that maps strings to strings; empty where there is none. */
export function mapOf(input: JsonInput, name: string): Readonly<Record<string, string>> {
  const value = input[name];
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  );
}
