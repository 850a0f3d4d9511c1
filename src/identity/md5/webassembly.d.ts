/** What is used of WebAssembly: Node's types leave it to the browser's. Absent where Node runs without a compiler (`--jitless`). */
declare namespace WebAssembly {
  class Module {
    constructor(octets: Uint8Array);
  }
  class Instance {
    constructor(module: Module, imports: Readonly<Record<string, Readonly<Record<string, Memory>>>>);
    readonly exports: Readonly<Record<string, unknown>>;
  }
  class Memory {
    constructor(pages: { readonly initial: number; readonly maximum: number });
    readonly buffer: ArrayBuffer;
  }
}
