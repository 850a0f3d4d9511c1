/** What the tests use of yauzl, which brings no types. */
declare module 'yauzl' {
  import type { EventEmitter } from 'node:events';
  import type { Readable } from 'node:stream';

  interface Entry {
    readonly fileName: string;
    readonly crc32: number;
    readonly uncompressedSize: number;
  }
  interface ZipFile extends EventEmitter {
    readEntry(): void;
    openReadStream(
      entry: Entry,
      done: (...result: [error: Error, stream: undefined] | [error: null, stream: Readable]) => void,
    ): void;
  }
  function fromBuffer(
    archive: Buffer,
    options: { readonly lazyEntries: boolean; readonly strictFileNames: boolean },
    done: (...result: [error: Error, zip: undefined] | [error: null, zip: ZipFile]) => void,
  ): void;
  const yauzl: { readonly fromBuffer: typeof fromBuffer };

  export type { Entry, ZipFile };
  export default yauzl;
}
