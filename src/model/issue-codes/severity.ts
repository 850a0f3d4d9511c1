/** `info`: read whole, worth knowing. `warning`: read by a guess or a repair. `error`: something was not read. */
export type Severity = 'info' | 'warning' | 'error';
