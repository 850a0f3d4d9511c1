import { Buffer } from 'node:buffer';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readSignedData } from '../../src/mime/embedded/smime/index.ts';
import { readTnef, type TnefMessage } from '../../src/mime/embedded/tnef/index.ts';
import { findUuencoded } from '../../src/mime/embedded/uuencode/index.ts';
import { corporaPresent, readTnefFile, tnefNames, tnefPath } from '../mime/embedded/corpora.ts';

/** Whether a program is on this machine; says so where it is not. */
function has(program: string, argument = '--version'): boolean {
  const present = spawnSync(program, [argument]).error === undefined;
  if (!present) console.warn(`skipped: the program ${program} is not installed`);
  return present;
}

const folders: string[] = [];
function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'embedded-'));
  folders.push(path);
  return path;
}
afterAll(() => {
  for (const path of folders) rmSync(path, { recursive: true });
});

/** Name (without path or blanks, as the programs write it) and content of each file. */
function files(path: string): Map<string, Buffer> {
  return new Map(readdirSync(path).map((name) => [name, readFileSync(join(path, name))]));
}

function ours(message: TnefMessage): Map<string, Buffer> {
  return new Map(message.attachments.map(({ name, longName, bytes }) => [longName ?? name ?? '', Buffer.from(bytes)]));
}

describe.skipIf(!corporaPresent || !has('tnef'))('the tnef program', () => {
  /** Streams it refuses whole, and why; we read them. */
  const REFUSED = new Map([
    ['badchecksum.tnef', 'the signature has a wrong bit'],
    ['panic.tnef', 'it aborts at the octets after the last attribute'],
  ]);
  /** Octets it leaves before an OLE object: the interface id, which is no part of it (MS-OXTNEF 2.1.3.4). We take it off. */
  const INTERFACE_ID = new Map([['MAPI_OBJECT.tnef', 16]]);
  test.each(tnefNames().map((name) => [name]))('%s: names and octets of the attachments', (name) => {
    const path = folder();
    const run = spawnSync('tnef', ['--ignore-checksum', '-C', path, '-f', tnefPath(name)]);
    const theirs = files(path);
    const mine = ours(readTnef(readTnefFile(name)));
    if (REFUSED.has(name)) {
      expect(run.status === 0 && theirs.size === mine.size).toBe(false);
      expect(mine.size).toBeGreaterThan(0);
      return;
    }
    expect([...mine.keys()].sort()).toEqual([...theirs.keys()].sort());
    for (const [file, octets] of theirs)
      expect(octets.subarray(INTERFACE_ID.get(name) ?? 0).equals(mine.get(file) ?? Buffer.alloc(0)), file).toBe(true);
  });
});

describe.skipIf(!corporaPresent || !has('ytnef', '-h'))('the ytnef program', () => {
  test.each(tnefNames().map((name) => [name]))('%s: every file it writes is one of ours', (name) => {
    const path = folder();
    spawnSync('ytnef', ['-f', path, tnefPath(name)]);
    const mine = ours(readTnef(readTnefFile(name)));
    for (const [file, octets] of files(path)) {
      // It writes the meeting itself as a file.
      if (file === 'calendar.ics') continue;
      expect(octets.equals(mine.get(file) ?? Buffer.alloc(0)), file).toBe(true);
    }
  });
});

const SAMPLES = [0, 1, 2, 3, 44, 45, 46, 90, 1000, 4096].map((size) =>
  Buffer.from(Array.from({ length: size }, (_, index) => (index * 131 + size) & 255)),
);

describe.skipIf(!has('uuencode'))('the uuencode program of sharutils', () => {
  test.each([[[]], [['-m']], [['-e']], [['-m', '-e']]])('options %j', (options) => {
    for (const sample of SAMPLES) {
      const encoded = execFileSync('uuencode', [...options, 'naïve name.bin'], { input: sample });
      const [file] = findUuencoded(Buffer.concat([Buffer.from('before\n'), encoded, Buffer.from('after\n')]));
      expect(file).toMatchObject({ start: 7, end: 7 + encoded.length, name: 'naïve name.bin', issues: [] });
      expect(sample.equals(file?.bytes ?? Buffer.alloc(1))).toBe(true);
    }
  });
});

describe.skipIf(!has('python3'))('the binascii module of Python', () => {
  test('lines with blanks for zeros, and with backticks', () => {
    const script =
      'import sys,binascii\nd=sys.stdin.buffer.read()\nb=sys.argv[1]=="1"\nw=sys.stdout.buffer\nw.write(b"begin 666 p\\n")\n' +
      'for i in range(0,len(d),45):w.write(binascii.b2a_uu(d[i:i+45],backtick=b))\nw.write((b"`" if b else b" ")+b"\\nend\\n")';
    for (const sample of SAMPLES) {
      for (const backtick of ['0', '1']) {
        const [file] = findUuencoded(execFileSync('python3', ['-c', script, backtick], { input: sample }));
        expect(file).toMatchObject({ name: 'p', mode: '666', issues: [] });
        expect(sample.equals(file?.bytes ?? Buffer.alloc(1))).toBe(true);
      }
    }
  });
});

describe.skipIf(!has('openssl', 'version'))('openssl', () => {
  const path = folder();
  const openssl = (...options: string[]) =>
    execFileSync('openssl', options, { cwd: path, stdio: ['ignore', 'pipe', 'pipe'] });
  const key = (name: string, subject: string, kind: readonly string[]) => {
    const where = ['-keyout', `${name}.key`, '-out', `${name}.pem`, '-subj', subject];
    openssl('req', '-x509', '-newkey', ...kind, '-nodes', '-utf8', '-multivalue-rdn', '-days', '2', ...where);
  };
  const SUBJECTS = [
    '/CN=Plain',
    '/C=DE/ST=Bayern/L=München/O=Käse \\+ Söhne, "GmbH"/OU=a;b<c>d=e/CN= blank /emailAddress=x@example.com',
    '/DC=com/DC=example/UID=u1+CN=Multi/title=#x/serialNumber=12',
  ];

  test.each(SUBJECTS.map((subject, index) => [index, subject]))(
    'names, content and serial number: %i %s',
    (index, subject) => {
      key(`k${index}`, subject, index === 1 ? ['rsa:2048'] : ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256']);
      const print = (what: string) =>
        openssl('x509', '-in', `k${index}.pem`, '-noout', `-${what}`, '-nameopt', 'RFC2253,-esc_msb,utf8')
          .toString()
          .trimEnd();
      const expected = {
        subject: print('subject').slice('subject='.length),
        issuer: print('issuer').slice('issuer='.length),
        serialNumber: print('serial').slice('serial='.length).toLowerCase(),
      };
      // openssl refuses to stream nothing.
      for (const size of [1, 1023, 1024, 100_000]) {
        const content = Buffer.from(Array.from({ length: size }, (_, at) => (at * 7) & 255));
        writeFileSync(join(path, 'content'), content);
        for (const options of [[], ['-stream'], ['-keyid', '-stream']]) {
          const signing = [
            '-sign',
            '-binary',
            '-nodetach',
            '-in',
            'content',
            '-signer',
            `k${index}.pem`,
            '-inkey',
            `k${index}.key`,
          ];
          const result = readSignedData(openssl('cms', ...signing, ...options, '-outform', 'DER'));
          expect(result).toMatchObject({ kind: 'signed', signers: [expected], certificates: [expected], issues: [] });
          expect(content.equals(result.content ?? Buffer.alloc(1))).toBe(true);
        }
      }
    },
  );
});
