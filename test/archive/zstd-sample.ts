/** One message, by zstd 1.5: `printf 'From: …' | zstd -c | base64 -w0`. */
export const ZSTD_SAMPLE = Buffer.from(
  'KLUv/QRYqQEARnJvbTogYUBleGFtcGxlLmNvbQ0KU3ViamVjdDogaW4gWnN0YW5kYXJkDQoNCkJvZHkuDQqpjNEm',
  'base64',
);
