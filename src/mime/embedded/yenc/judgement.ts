import { crc32 } from 'node:zlib';
import { type Issue, issue } from '../../../model/index.ts';
import { numberOf } from './keyword-line.ts';

/**
 * Compares what was decoded with what was announced: size and CRC-32.
 * @param expected octets by =ybegin or =ypart
 * @param partial the CRC of these octets is `pcrc32`; `crc32` is then the whole file's and cannot be compared
 * @param trailer the keywords of =yend, null where it is missing
 */
export function judge(
  bytes: Uint8Array,
  expected: number,
  partial: boolean,
  trailer: ReadonlyMap<string, string> | null,
): Issue[] {
  const issues: Issue[] = [];
  if (trailer === null) issues.push(issue('PART_TRUNCATED', 'the yEnc file has no =yend line'));
  if (bytes.length < expected) {
    issues.push(issue('PART_TRUNCATED', `the yEnc file has ${bytes.length} octets where ${expected} were announced`));
  } else if (bytes.length > expected) {
    issues.push(issue('EMBEDDED_DAMAGED', `the yEnc file has ${bytes.length} octets where ${expected} were announced`));
  }
  const ending = numberOf(trailer?.get('size'));
  if (ending !== null && ending !== expected) {
    issues.push(issue('EMBEDDED_DAMAGED', `=yend says ${ending} octets where ${expected} were announced`));
  }
  const announced = trailer?.get(partial ? 'pcrc32' : 'crc32');
  if (
    announced !== undefined &&
    /^[0-9a-f]{1,8}$/i.test(announced) &&
    Number.parseInt(announced, 16) !== crc32(bytes)
  ) {
    issues.push(issue('EMBEDDED_DAMAGED', 'the yEnc file differs from its CRC-32'));
  }
  return issues;
}
