import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { GrowingBuffer } from './growingBuffer';
import { repositoryRoot } from './testCache';

/** How a status line of `--status json` reads. */
interface StatusLine {
  readonly at: number;
  readonly state: string;
  readonly reason: string;
  readonly code: number | null;
  readonly attempt: number;
  readonly delayMs: number | null;
  readonly heartbeatMs: number | null;
  readonly ended: { readonly code?: number } | null;
  readonly notice?: string;
}

/** A running `dist/tail.js`. */
export class LiveLogTail {
  readonly #child: ChildProcess;
  readonly #output = new GrowingBuffer();
  #errors = '';
  #changed: () => void = () => {};
  /** The process has ended and everything it wrote has been read. */
  readonly exit: Promise<number | null>;
  /** The process has ended; what it wrote may still wait to be read. */
  readonly ended: Promise<void>;

  constructor(args: readonly string[]) {
    this.#child = spawn(process.execPath, [join(repositoryRoot, 'dist/tail.js'), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      this.#output.append(chunk);
      this.#changed();
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#errors += chunk.toString('utf8');
      this.#changed();
    });
    this.ended = new Promise((resolve) => {
      this.#child.once('exit', () => resolve());
    });
    this.exit = new Promise((resolve) => {
      this.#child.once('close', (code) => {
        resolve(code);
        this.#changed();
      });
    });
  }

  /** What it has written to standard output. */
  get output(): Buffer {
    return this.#output.bytes;
  }

  get errors(): string {
    return this.#errors;
  }

  /** What it has said of its state with `--status json`. */
  get statuses(): StatusLine[] {
    return this.#errors
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as StatusLine);
  }

  get stdout() {
    return this.#child.stdout;
  }

  /** Waits until something holds, looked at with every byte that arrives. */
  async until(what: string, holds: () => boolean, deadlineMs = 10_000): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const deadline = setTimeout(() => {
        reject(new Error(`not within ${deadlineMs} ms: ${what}\n${this.#errors}\n${this.output.subarray(0, 500)}`));
      }, deadlineMs);
      const look = () => {
        if (holds()) {
          clearTimeout(deadline);
          this.#changed = () => {};
          resolve();
        }
      };
      this.#changed = look;
      look();
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Ends it for good; harmless when it has ended. */
  async stop(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.exit;
  }
}
