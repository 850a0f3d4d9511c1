import { InvalidArgumentError } from 'commander';

/** A whole number within bounds, or a usage error that says them. */
export function integer(lowest: number, highest: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= lowest && value <= highest)) {
      throw new InvalidArgumentError(`A whole number from ${lowest} to ${highest} is expected.`);
    }
    return value;
  };
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, min: 60, h: 3600, d: 86_400 };

/** `90s`, `10m`, `2h`, `1d`, or seconds; returns milliseconds. */
export function timeSpan(text: string): number {
  const match = /^(\d{1,9})(s|m|min|h|d)?$/.exec(text);
  if (match === null) throw new InvalidArgumentError('A time like 90s, 10m, 2h or 1d is expected.');
  return Number(match[1]) * (SECONDS[match[2] ?? 's'] ?? 1) * 1000;
}
