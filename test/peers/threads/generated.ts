/** A mailbox whose threads are as bad as threads get, the same for a seed. */
export interface GeneratedMessage {
  readonly name: string;
  readonly messageId: string;
  readonly octets: Buffer;
}

/** Numbers from 0 to 1, the same for a seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface GeneratedOptions {
  readonly seed: number;
  readonly messages: number;
  /** Fields that contradict each other: References out of order, loops, an In-Reply-To that names another thread. */
  readonly contradicting: boolean;
}

/**
 * Conversations of 1 to some 40 messages: a fifth of them is missing, a tenth stands there twice, References are whole, cut to
 * their last ids or left out beside an In-Reply-To; subjects are shared by threads that have nothing to do with each other.
 */
export function generatedMailbox({ seed, messages, contradicting }: GeneratedOptions): GeneratedMessage[] {
  const next = random(seed);
  const below = (count: number) => Math.floor(next() * count);
  const made: GeneratedMessage[] = [];
  const ids: string[] = [];
  const add = (messageId: string, fields: readonly string[]): void => {
    const number = made.length;
    const minute = new Date(Date.UTC(2024, 0, 1) + number * 60_000).toUTCString().replace('GMT', '+0000');
    const lines = [
      `Message-ID: <${messageId}>`,
      `Date: ${minute}`,
      'From: a@example.com',
      'To: b@example.com',
      `Subject: ${number % 3 === 0 ? '' : 'Re: '}Invoice ${number % 7}`,
      ...fields,
      '',
      'text',
      '',
    ];
    made.push({ name: `m${String(number).padStart(6, '0')}:2,S`, messageId, octets: Buffer.from(lines.join('\r\n')) });
  };
  for (let conversation = 0; made.length < messages; conversation++) {
    const ancestors: string[][] = [];
    for (let at = 0, size = 1 + Math.floor(next() ** 3 * 40); at < size; at++) {
      const messageId = `c${conversation}.${at}@example.com`;
      const parent = at === 0 ? null : (ancestors[below(at)] ?? []);
      const chain = [...(parent ?? []), messageId];
      ancestors.push(chain);
      if (next() < 0.2) continue;
      const kind = next();
      const references = parent === null ? [] : kind < 0.5 ? parent : kind < 0.75 ? parent.slice(-3) : [];
      const fields = references.length > 0 ? [`References: ${references.map((id) => `<${id}>`).join('\r\n ')}`] : [];
      const replied = parent?.at(-1);
      if (replied !== undefined && (references.length === 0 || kind < 0.25)) fields.push(`In-Reply-To: <${replied}>`);
      if (contradicting && next() < 0.1) {
        const other = ids[below(ids.length)] ?? messageId;
        const wrong = [
          `References: ${[messageId, ...references].map((id) => `<${id}>`).join(' ')}`,
          `References: ${references
            .toReversed()
            .map((id) => `<${id}>`)
            .join(' ')}`,
          `In-Reply-To: <${other}>`,
          `References: <${other}> ${references.map((id) => `<${id}>`).join(' ')}`,
        ];
        fields.splice(0, fields.length, wrong[below(wrong.length)] ?? '');
      }
      add(messageId, fields);
      ids.push(messageId);
      if (next() < 0.1) add(messageId, fields);
    }
  }
  return made;
}
