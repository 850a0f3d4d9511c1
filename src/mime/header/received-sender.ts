import { canonicalIpv6 } from './ipv6.ts';
import type { Received } from './received.ts';
import type { ReceivedToken } from './received-tokens.ts';

/** Without the brackets of an address literal or a path. */
export function bareHost(text: string): string | null {
  const inner = text
    .replace(/\](?::\d{1,5})?$/, ']')
    .replace(/^[<[]+|[>\],]+$/g, '')
    .replace(/^IPv6:/i, '');
  return inner === '' ? null : inner;
}

const ADDRESS =
  /(?:^|[\s[(@=])\[?(?:IPv6:)?((?:\d{1,3}\.){3}\d{1,3}|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){1,7}:(?:(?:\d{1,3}\.){3}\d{1,3}|[0-9a-f]{0,4}))(?:%\w{1,9})?(?=\]|:\d|[\s),]|$)/i;

const HELO = /\b(?:helo|ehlo|lhlo)[= ]\[?([^\s)\]]{1,255})/i;

/**
 * What stands beside the `from` host of what the receiver saw of it: `(name [address] helo=… ident=…)` and its relatives
 * (RFC 5321 §4.4's TCP-info; sendmail's `$_`, postfix, exim, qmail, Courier, CommuniGate).
 */
export function senderOf(
  from: readonly ReceivedToken[],
): Pick<Received, 'fromAddress' | 'fromName' | 'helo' | 'ident'> {
  const words = from.filter((token) => token.kind === 'word').map((token) => token.text);
  const remarks = from.filter((token) => token.kind === 'comment').map((token) => token.text);
  const literal = words[1]?.startsWith('[') === true ? [words[1]] : [];
  const said = [...remarks, ...literal];
  return {
    // An address literal behind HELO is what the sender claimed, not what was seen.
    fromAddress: firstOf(said, (remark) =>
      ADDRESS.exec(remark.replace(HELO, ''))?.[1]?.replace(/^.*:.*$/, canonicalIpv6),
    ),
    fromName: firstOf(remarks, nameOf),
    helo: firstOf(said, (remark) => HELO.exec(remark)?.[1]),
    ident: firstOf(said, identOf) ?? identOf(words.slice(1, 4).join(' ')) ?? null,
  };
}

function firstOf(remarks: readonly string[], read: (remark: string) => string | undefined): string | null {
  for (const remark of remarks) {
    const found = read(remark);
    if (found !== undefined) return found;
  }
  return null;
}

/**
 * `ident=user` (exim), `IDENT:user@host` and `user@host [address]` (sendmail), `user@address` (qmail: TCPREMOTEINFO),
 * `AUTH: mechanism user` (Courier), `as user name` (SquirrelMail). An address behind the `@` is not part of it.
 */
function identOf(remark: string): string | undefined {
  const named =
    /\bident[=:]\[?([^\s)\]]{1,255})/i.exec(remark) ??
    /\bAUTH: ?[A-Z0-9-]{1,20} ([^\s,)]{1,255})/.exec(remark) ??
    /^as user (\S{1,255})$/.exec(remark) ??
    /^([^\s@[\]<>()=,;:]{1,64}@[^\s@[\]<>()=,;:]{1,255})(?= ?\[| with |$)/.exec(remark.trim()) ??
    /^([^\s@[\]<>()=,;:]{1,64})@\[/.exec(remark);
  return named?.[1]?.replace(/@[\d.]+$/, '');
}

/** The resolved name at the head of a remark: `mail.example [192.0.2.1]`. `unknown` is what is written where there is none. */
function nameOf(remark: string): string | undefined {
  const match =
    /^(?:ident:\S{0,64}@|\S{0,64}@)?<?([a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63}){1,20})\.?>?\s{0,5}(?:\[|$)/i.exec(
      remark.trim(),
    );
  const name = match?.[1];
  return name === undefined || /^[\d.]+$/.test(name) ? undefined : name;
}
