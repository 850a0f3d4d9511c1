export type { KeyMaterial, KeyPins, KeyUnwrapper } from './data-key.ts';
export * from './encryption-sdk.ts';
export { type ContentCipher, type Envelope, type EnvelopeRequest, readEnvelope } from './envelope.ts';
export { describeEnvelope, type OpenEnvelopeRequest, openEnvelope } from './open-envelope.ts';
export type { DecryptedSource } from './plaintext-source.ts';
export type { RefusalCause } from './refusal.ts';
export { readWrappingKey } from './wrapping-key.ts';
