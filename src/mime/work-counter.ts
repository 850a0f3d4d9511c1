/**
 * Counts what a message makes us do, so that a test can hold the cost linear without looking at a clock.
 * `octets` is what scanners and decoders walked over, `steps` everything done once a field, part, word or address.
 */
export class WorkCounter {
  octets = 0;
  steps = 0;
}
