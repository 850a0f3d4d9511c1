import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
/** The browser of this machine; null where there is none. */
export const CHROMIUM = NAMES.find((name) => spawnSync(name, ['--version']).status === 0) ?? null;

const answer = z.object({ id: z.number(), result: z.unknown(), error: z.object({ message: z.string() }).optional() });
const event = z.object({ method: z.string() });
const evaluated = z.object({ result: z.object({ value: z.unknown() }), exceptionDetails: z.unknown().optional() });

export interface Viewport {
  readonly width: number;
  readonly scheme: 'light' | 'dark';
}

/** A browser without a window, driven by the DevTools protocol over two pipes: no port, no package. */
export class Chromium {
  readonly #folder = mkdtempSync(join(tmpdir(), 'chromium-'));
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, (answered: z.infer<typeof answer>) => void>();
  #loaded: () => void = () => undefined;
  #session: string | null = null;
  #last = 0;
  #rest = '';

  constructor(program: string) {
    const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--hide-scrollbars'];
    const parameters = [...flags, '--remote-debugging-pipe', `--user-data-dir=${this.#folder}`, 'about:blank'];
    this.#process = spawn(program, parameters, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    (this.#process.stdio[4] as Readable).setEncoding('utf8').on('data', (text: string) => this.#take(text));
  }

  async ask(method: string, parameters: object = {}): Promise<unknown> {
    const id = ++this.#last;
    const session = this.#session === null ? {} : { sessionId: this.#session };
    const text = JSON.stringify({ id, method, params: parameters, ...session });
    const answered = await new Promise<z.infer<typeof answer>>((resolve) => {
      this.#waiting.set(id, resolve);
      (this.#process.stdio[3] as Writable).write(`${text}\0`);
    });
    if (answered.error !== undefined) throw new Error(`${method}: ${answered.error.message}`);
    return answered.result;
  }

  /** Shows a page as a reader with this width and these colours has it. */
  async show(page: string, { width, scheme }: Viewport): Promise<void> {
    if (this.#session === null) await this.#attach();
    const file = join(this.#folder, 'page.html');
    writeFileSync(file, page);
    await this.ask('Emulation.setDeviceMetricsOverride', { width, height: 900, deviceScaleFactor: 1, mobile: false });
    const features = [{ name: 'prefers-color-scheme', value: scheme }];
    await this.ask('Emulation.setEmulatedMedia', { features });
    const loaded = new Promise<void>((resolve) => {
      this.#loaded = resolve;
    });
    await this.ask('Page.navigate', { url: pathToFileURL(file).href });
    await loaded;
  }

  async evaluate(expression: string): Promise<unknown> {
    const result = await this.ask('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    const { result: value, exceptionDetails } = evaluated.parse(result);
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return value.value;
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill();
    await ended;
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  async #attach(): Promise<void> {
    const targets = z.object({ targetInfos: z.array(z.object({ targetId: z.string(), type: z.string() })) });
    const { targetInfos } = targets.parse(await this.ask('Target.getTargets'));
    const targetId = targetInfos.find(({ type }) => type === 'page')?.targetId;
    const attached = await this.ask('Target.attachToTarget', { targetId, flatten: true });
    this.#session = z.object({ sessionId: z.string() }).parse(attached).sessionId;
    await this.ask('Page.enable');
  }

  #take(text: string): void {
    const messages = (this.#rest + text).split('\0');
    this.#rest = messages.pop() ?? '';
    for (const message of messages) {
      const parsed: unknown = JSON.parse(message);
      const answered = answer.safeParse(parsed);
      if (answered.success) this.#waiting.get(answered.data.id)?.(answered.data);
      else if (event.safeParse(parsed).data?.method === 'Page.loadEventFired') this.#loaded();
    }
  }
}
