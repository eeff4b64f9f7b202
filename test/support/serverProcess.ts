import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { startProcess, stopProcess } from './processes';
import { repositoryRoot } from './testCache';

export const SERVER_PATH = join(repositoryRoot, 'dist/server.js');

export interface ServerOptions {
  /** Written to standard input, which is then closed; absent: an open pipe for {@link ServerProcess.write}. */
  readonly input?: string | Buffer;
  readonly cwd?: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** Starts it as an editor does, with a channel for {@link ServerProcess.ask}. */
  readonly channel?: boolean;
  /** Runs it as a user who may read only what everybody may. */
  readonly withoutRights?: boolean;
  /** Files that it may have open at once (POSIX). */
  readonly mostOpenFiles?: number;
}

/** A running `dist/server.js`, on a free port unless the arguments name one, or a socket. */
export class ServerProcess {
  readonly #child: ChildProcess;
  #output = '';
  #errors = '';
  #changed: () => void = () => {};
  readonly #closed: Promise<number | null>;
  #hasClosed = false;

  private constructor(args: readonly string[], options: ServerOptions) {
    const withPort = args.includes('--port') || args.includes('--socket') ? args : ['--port', '0', ...args];
    const isRoot = process.getuid?.() === 0;
    const program =
      options.withoutRights === true && isRoot
        ? [join(repositoryRoot, 'test/support/withoutRights.cjs'), SERVER_PATH]
        : [SERVER_PATH];
    const node = [process.execPath, ...program, ...withPort];
    const limit = ['sh', '-c', `ulimit -n ${options.mostOpenFiles} && exec "$@"`, 'sh'];
    const [command = '', ...words] = options.mostOpenFiles === undefined ? node : [...limit, ...node];
    this.#child = startProcess(command, words, {
      stdio: ['pipe', 'pipe', 'pipe', ...(options.channel === true ? (['ipc'] as const) : [])],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: { ...process.env, ...options.environment },
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      this.#output += chunk.toString('utf8');
      this.#changed();
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#errors += chunk.toString('utf8');
      this.#changed();
    });
    // A server that has ended takes no more input; that is no error of the test.
    this.#child.stdin?.on('error', () => {});
    if (options.input !== undefined) {
      this.#child.stdin?.end(options.input);
    }
    this.#closed = new Promise((resolve) => {
      this.#child.once('close', (code) => {
        this.#hasClosed = true;
        resolve(code);
        this.#changed();
      });
    });
  }

  /** Starts a server and waits for its ready line. */
  static async start(args: readonly string[], options: ServerOptions = {}): Promise<ServerProcess> {
    const server = new ServerProcess(args, options);
    await server.until('the ready line', () => server.#output.includes('\n'));
    return server;
  }

  /** Starts a server that is expected to end by itself. */
  static async run(args: readonly string[], options: ServerOptions = {}): Promise<ServerProcess> {
    const server = new ServerProcess(args, options);
    await server.exit;
    return server;
  }

  get output(): string {
    return this.#output;
  }

  get errors(): string {
    return this.#errors;
  }

  /** http://… as the ready line says. */
  get pageUrl(): string {
    return /https?:\S+/.exec(this.#output)?.[0] ?? '';
  }

  get url(): string {
    return /ws\+unix:\S+/.exec(this.#output)?.[0] ?? `${this.pageUrl.replace(/^http/, 'ws')}/ws`;
  }

  get port(): number {
    return Number(new URL(this.pageUrl).port);
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** Exit code once it has ended; null after a signal. */
  get exit(): Promise<number | null> {
    return this.#closed;
  }

  /** Writes to its standard input. */
  async write(text: string | Buffer): Promise<void> {
    if (this.#child.stdin?.write(text) === false) {
      await once(this.#child.stdin, 'drain');
    }
  }

  /** Says something over the channel and gives what comes back first. */
  async ask(message: object): Promise<unknown> {
    const answered = once(this.#child, 'message');
    this.#child.send(message);
    const [answer] = await answered;
    return answer;
  }

  /** Closes the channel, as when the editor is gone; gives the exit code. (Node.js emits no "close" from then on.) */
  async disconnect(): Promise<number | null> {
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    const [code] = await ended;
    return code as number | null;
  }

  endInput(): void {
    this.#child.stdin?.end();
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Ends it as a person would, with SIGTERM; harmless when it has ended. */
  async stop(): Promise<void> {
    await stopProcess(this.#child);
  }

  /** Ends it without a chance to say anything. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#closed;
  }

  /** Waits until something holds, looked at with everything it writes. */
  async until(what: string, holds: () => boolean, deadlineMs = 10_000): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`${why}: ${what}\n${this.#output}\n${this.#errors}`));
      const deadline = setTimeout(() => fail(`not within ${deadlineMs} ms`), deadlineMs);
      this.#changed = () => {
        const done = holds();
        if (done || this.#hasClosed) {
          clearTimeout(deadline);
          this.#changed = () => {};
          done ? resolve() : fail('the server has ended before');
        }
      };
      this.#changed();
    });
  }
}
