/**
 * An addr-spec without spaces and control characters (U+0000-U+0020, U+007F-U+009F), with A-Z in lower case. ASCII letters only: what Unicode folds
 * differs between its versions.
 */
export function canonicalAddress(address: string): string {
  return address.replace(/[\p{Cc} ]/gu, '').replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase());
}
