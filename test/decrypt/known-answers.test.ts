import { expect, test } from 'vitest';
import { openEnvelope } from '../../src/decrypt/index.ts';
import { memorySource } from './memory-source.ts';

/**
 * Objects made by Amazon's own client: the answers in decrypt tests of amazon-s3-encryption-client-go (Apache-2.0). `dataKey` is
 * what KMS answers there. They tie both of our implementations to the format as it is written in the field.
 */
const ANSWERS = [
  {
    name: 'V2, kms+context, AES-GCM, no tag length',
    metadata: {
      'x-amz-key-v2': 'PsuclPnlo2O0MQoov6kL1TBlaZG6oyNwWuAqmAgq7g8b9ZeeORi3VTMg624FU9jx',
      'x-amz-iv': 'dqqlq2dRVSQ5hFRb',
      'x-amz-matdesc': '{"aws:x-amz-cek-alg":"AES/GCM/NoPadding"}',
      'x-amz-wrap-alg': 'kms+context',
      'x-amz-cek-alg': 'AES/GCM/NoPadding',
    },
    dataKey: 'hJUv7S6K2cHF64boS9ixHX0TZAjBZLT4ZpEO4XxkGnY=',
    ciphertext:
      '6b134eb7a353131de92faff64f594b2794e3544e31776cca26fe3bbeeffc68742d1007234f11c6670522602326868e29f37e9d2678f1614ec1a2418009b9772100929aadbed9a21a',
    plaintext:
      'af150d7156bf5b3f5c461e5c6ac820acc5a33aab7085d920666c250ff251209d5a4029b3bd78250fab6e11aed52fae948d407056a9519b68',
  },
  {
    name: 'V3, committed',
    metadata: {
      'x-amz-3': '8gSzlk7giyfFbLPUVgoVjvQebI1827jp8lDkO+n2chsiSoegx1sjm8NdPk0Bl70I',
      'x-amz-c': '115',
      'x-amz-d': '6JOSx47RkdyfciJkNauuC4RpkMcWZY4a+i1RzQ==',
      'x-amz-i': 'sE9zLb4tsEBJkvEhLMZFxMj9oZJBbQ6ZOgOqHA==',
      'x-amz-t': '{"aws:x-amz-cek-alg":"115"}',
      'x-amz-w': '12',
    },
    dataKey: 'lP6AbIQTmptyb/+WQq+ubDw+w7na0T1LGSByZGuaono=',
    ciphertext:
      '2d4ff4dafe27f69f628872d82b5a1002ed1a21b8485d532bd8159f6487945b3641af5865fc0a029a3650053600c6d213625b9a0cc9c239577c09f3423dedc5641e88b6835824417c',
    plaintext:
      '8f2c59c6dbfcacf356f3da40788cbde67ca38161a4702cbcf757af663e1c24a600001b2f500417dbf5a050f57db6737422b2ed6a44c75e0d',
  },
  {
    name: 'V2, kms, AES-CBC',
    metadata: {
      'x-amz-key-v2': '/nJlgMtxMNk2ErKLLrLp3H7A7aQyJcJOClE2ldAIIFNZU4OhUMc1mMCHdIEC8fby',
      'x-amz-iv': 'adO9U7pcEHxUTaguIkho9g==',
      'x-amz-matdesc': '{"kms_cmk_id":"test-key-id"}',
      'x-amz-wrap-alg': 'kms',
      'x-amz-cek-alg': 'AES/CBC/PKCS5Padding',
    },
    dataKey: '7ItX9CTGNWWegC62RlaNu6EJ3+J9yGO7yAqDNU4CdeA=',
    ciphertext:
      '6f4f413a357a3c3a12289442fb835c5e4ecc8db1d86d3d1eab906ce07e1ad772180b2e9ec49c3fc667d8aceea8c46da6bb9738251a8e36241a473ad820f99c701906bac1f48578d5392e928889bbb1d9',
    plaintext:
      'a716e018ffecf4bb94d4352082af4662612d9c225efed6f389bf1f6f0447a9bce80cc712d7e66ee5e1c086af38e607ead351fd2c1a0247878e693ada73bd580b',
  },
];

test.each(ANSWERS)('$name', async ({ metadata, dataKey, ciphertext, plaintext }) => {
  const unwrap = { decrypt: () => Promise.resolve(Buffer.from(dataKey, 'base64')) };
  const source = memorySource(Buffer.from(ciphertext, 'hex'), 7);
  const opened = await openEnvelope({ source, metadata: Object.fromEntries(Object.entries(metadata)), unwrap });
  const octets = (await opened?.bytes(0, opened.size)) ?? new Uint8Array(0);
  expect(Buffer.from(octets).toString('hex')).toBe(plaintext);
});

test('V3: an object of the same client under another data key is refused by its commitment', async () => {
  const answer = ANSWERS[1];
  const unwrap = { decrypt: () => Promise.resolve(Buffer.from(ANSWERS[0]?.dataKey ?? '', 'base64')) };
  const source = memorySource(Buffer.from(answer?.ciphertext ?? '', 'hex'));
  const metadata = Object.fromEntries(Object.entries(answer?.metadata ?? {}));
  await expect(openEnvelope({ source, metadata, unwrap })).rejects.toMatchObject({
    code: 'CIPHERTEXT_ALTERED',
    details: { cause: 'commitment' },
  });
});
