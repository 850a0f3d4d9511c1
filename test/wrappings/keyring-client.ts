import { GenerateDataKeyCommand, type KMSClient } from '@aws-sdk/client-kms';

interface GenerateDataKeyRequest {
  KeyId: string;
  NumberOfBytes?: number;
  EncryptionContext?: Record<string, string>;
}

/** The Encryption SDK's keyring asks for methods; exact optional types keep it from taking the client as it is. */
export const keyringClient = (kms: KMSClient) => ({
  decrypt: () => Promise.reject(new Error('nothing is decrypted here')),
  encrypt: () => Promise.reject(new Error('a data key is generated, not encrypted')),
  async generateDataKey({ KeyId, NumberOfBytes = 32, EncryptionContext = {} }: GenerateDataKeyRequest) {
    const { Plaintext, CiphertextBlob } = await kms.send(
      new GenerateDataKeyCommand({ KeyId, NumberOfBytes, EncryptionContext }),
    );
    if (Plaintext === undefined || CiphertextBlob === undefined) throw new Error('no data key');
    return { KeyId, Plaintext, CiphertextBlob };
  },
});
