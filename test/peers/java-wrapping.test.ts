import { spawnSync } from 'node:child_process';
import { createCipheriv } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openEnvelope, readWrappingKey } from '../../src/decrypt/index.ts';
import { memorySource } from '../../src/io/index.ts';
import { AES_KEY, pem, RSA } from '../decrypt/wrapping-writer.ts';

const java = spawnSync('javac', ['-version']).status === 0;
if (!java) console.warn('skipped: no Java compiler is installed');

/** The transformations by which the S3 Encryption Client for Java wraps a data key, by Java itself. */
const WRAP = `
import java.security.*; import java.security.spec.*; import java.util.*; import javax.crypto.*; import javax.crypto.spec.*;
public class Wrap {
  public static void main(String[] a) throws Exception {
    byte[] data = Base64.getDecoder().decode(a[2]); SecretKey key = new SecretKeySpec(data, "AES");
    Key aes = new SecretKeySpec(Base64.getDecoder().decode(a[1]), "AES");
    Key rsa = KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(a[0])));
    Cipher ecb = Cipher.getInstance("AES"); ecb.init(Cipher.ENCRYPT_MODE, aes); out("V1 AES", ecb.doFinal(data));
    Cipher pkcs = Cipher.getInstance("RSA"); pkcs.init(Cipher.ENCRYPT_MODE, rsa); out("V1 RSA", pkcs.doFinal(data));
    Cipher wrap = Cipher.getInstance("AESWrap"); wrap.init(Cipher.WRAP_MODE, aes); out("AESWrap", wrap.wrap(key));
    String oaep = "RSA/ECB/OAEPWithSHA-256AndMGF1Padding";
    Cipher old = Cipher.getInstance(oaep); old.init(Cipher.WRAP_MODE, rsa); out(oaep, old.wrap(key));
    byte[] name = "AES/GCM/NoPadding".getBytes("UTF-8"); byte[] pseudo = new byte[1 + data.length + name.length];
    pseudo[0] = (byte) data.length; System.arraycopy(data, 0, pseudo, 1, data.length); System.arraycopy(name, 0, pseudo, 1 + data.length, name.length);
    Cipher sha1 = Cipher.getInstance("RSA/ECB/OAEPPadding");
    sha1.init(Cipher.WRAP_MODE, rsa, new OAEPParameterSpec("SHA-1", "MGF1", MGF1ParameterSpec.SHA1, PSource.PSpecified.DEFAULT));
    out("RSA-OAEP-SHA1", sha1.wrap(new SecretKeySpec(pseudo, "AES")));
    byte[] iv = new byte[12]; Arrays.fill(iv, (byte) 9);
    Cipher gcm = Cipher.getInstance("AES/GCM/NoPadding"); gcm.init(Cipher.ENCRYPT_MODE, aes, new GCMParameterSpec(128, iv));
    gcm.updateAAD(name); byte[] sealed = gcm.doFinal(data); byte[] both = Arrays.copyOf(iv, 12 + sealed.length);
    System.arraycopy(sealed, 0, both, 12, sealed.length); out("AES/GCM", both);
  }
  static void out(String name, byte[] octets) { System.out.println(name + "\\t" + Base64.getEncoder().encodeToString(octets)); }
}
`;

describe.skipIf(!java)('data keys wrapped by Java', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mailproof-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const dataKey = Buffer.alloc(32, 0x37);
  const plaintext = Buffer.from('Subject: by Java\r\n\r\nx\r\n');

  test('each wrap of the S3 Encryption Client opens', async () => {
    writeFileSync(join(folder, 'Wrap.java'), WRAP);
    const publicKey = RSA.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    const args = ['Wrap.java', publicKey, AES_KEY.toString('base64'), dataKey.toString('base64')];
    const run = spawnSync('java', args, { cwd: folder, encoding: 'utf8', timeout: 120_000 });
    expect(run.stderr).toBe('');
    const iv = Buffer.alloc(16, 3);
    const cbc = createCipheriv('aes-256-cbc', dataKey, iv);
    const v1 = Buffer.concat([cbc.update(plaintext), cbc.final()]);
    const gcm = createCipheriv('aes-256-gcm', dataKey, iv.subarray(0, 12));
    const v2 = Buffer.concat([gcm.update(plaintext), gcm.final(), gcm.getAuthTag()]);
    const lines = run.stdout.trim().split('\n');
    expect(lines).toHaveLength(6);
    for (const line of lines) {
      const [name = '', wrapped = ''] = line.split('\t');
      const first = name.startsWith('V1');
      const metadata: Record<string, string> = first
        ? { 'x-amz-key': wrapped, 'x-amz-iv': iv.toString('base64'), 'x-amz-matdesc': '{}' }
        : {
            'x-amz-key-v2': wrapped,
            'x-amz-iv': iv.subarray(0, 12).toString('base64'),
            'x-amz-matdesc': '{}',
            'x-amz-wrap-alg': name,
            'x-amz-cek-alg': 'AES/GCM/NoPadding',
            'x-amz-tag-len': '128',
          };
      const opened = await openEnvelope({
        source: memorySource(first ? v1 : v2),
        metadata,
        unwrap: { decrypt: () => Promise.reject(new Error('KMS was asked')) },
        wrappingKey: readWrappingKey(name.includes('RSA') ? pem() : AES_KEY, 'key'),
      });
      expect(Buffer.from((await opened?.bytes(0, opened.size)) ?? []).toString(), name).toBe(plaintext.toString());
    }
  });
});
