import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import type { Clock } from '../base/clock';
import { type Disposable, DisposableStore } from '../base/disposable';
import { Emitter, type Event } from '../base/emitter';
import { texts } from '../text/texts';
import { ServerRequests } from './serverRequests';
import { readyAddress, streamAddress } from './serverSources';

/** How long a server may take until its ready line, in ms; under 0.3 s on an idle machine. */
const READY_TIMEOUT_MS = 15_000;

/** How long a server may take to end after it was asked to, in ms; then it is killed. */
const STOP_TIMEOUT_MS = 3000;

/** What stands before a sentence that the server has for a person. */
const COMPLAINT = 'live-log-server: ';

/** How much of what a server says is kept for a message, in characters. */
const KEPT_OUTPUT = 2000;

export interface LogServerStart {
  /** Path of the bundled server, dist/server.js. */
  readonly program: string;
  readonly arguments: readonly string[];
  /** The folder it runs in. */
  readonly directory: string;
  readonly clock: Clock;
  /** What its clients have to show; it gets it through its environment, where no other user sees it. */
  readonly token?: string;
  /** A folder that was made for its socket, and goes with it. */
  readonly socketFolder?: string | undefined;
}

/** The server did not start; the message is what it said itself, in one piece. */
export class LogServerError extends Error {}

/**
 * A log server in a process of its own. It has a channel to this process and ends when that
 * closes, so it can never be left behind, not even when the extension host is killed.
 */
export interface LogServer extends Disposable {
  /** The address of its stream: `ws+unix:SOCKET:/ws`, or `ws://127.0.0.1:PORT/ws` where it was given a port. */
  readonly url: string;
  /** What its clients have to show. Never to be stored or shown. */
  readonly token: string | undefined;
  /** Its process id. */
  readonly processId: number;
  /** It ended without being asked to; the value says why, in its own words. */
  readonly onEnded: Event<string>;
  /**
   * Has it listen on a port too, if it does not yet; resolves to the address of its page.
   *
   * @param port 0: any free one.
   * @throws Error in the server's own words.
   */
  openPort(port: number): Promise<string>;
  /**
   * A ticket with which one page gets in, once, within two minutes.
   *
   * @param origin that of the page, where it is not on the loopback: the server lets it in from now on.
   */
  issueTicket(origin: string | null): Promise<string>;
  /** Asks it to say goodbye to its clients and end; kills it after 3 s. Resolves when it has ended. */
  stop(): Promise<void>;
}

/**
 * Starts a log server and waits for its ready line.
 *
 * @throws LogServerError when it ends before, or says nothing for 15 s.
 */
export async function startLogServer(start: LogServerStart): Promise<LogServer> {
  if (!existsSync(start.program)) {
    throw new LogServerError(texts.extension.server.missingProgram(start.program));
  }
  // Options of the extension host, such as its debug port, are not the server's: only the program and its arguments.
  const child = spawn(process.execPath, [start.program, ...start.arguments], {
    cwd: start.directory,
    // The extension host's executable is Electron: told to be plain Node.js.
    env: serverEnvironment(start.token),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    windowsHide: true,
  });
  const output = new KeptOutput(child);
  const removeFolder = () => {
    if (start.socketFolder !== undefined) {
      rmSync(start.socketFolder, { recursive: true, force: true });
    }
  };
  onceEnded(child, removeFolder);
  try {
    const address = await readyLine(child, output, start.clock);
    return new LogServerProcess(child, output, streamAddress(address), start);
  } catch (error) {
    child.kill('SIGKILL');
    removeFolder();
    throw error;
  }
}

/** What the server may see of our surroundings; a token meant for another server would lock us out of this one. */
function serverEnvironment(token: string | undefined): NodeJS.ProcessEnv {
  const { LOG_STREAM_TOKEN: _token, ...environment } = process.env;
  return { ...environment, ELECTRON_RUN_AS_NODE: '1', ...(token === undefined ? {} : { LOG_STREAM_TOKEN: token }) };
}

/** The last of what a process says on standard error, line by line on standard output. */
class KeptOutput {
  #errors = '';
  #rest = '';
  readonly #lines = new Emitter<string>();
  readonly onLine = this.#lines.event;

  constructor(child: ChildProcess) {
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (this.#rest + chunk).split('\n');
      this.#rest = (lines.pop() ?? '').slice(-KEPT_OUTPUT);
      for (const line of lines) {
        this.#lines.fire(line.trimEnd());
      }
    });
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      this.#errors = (this.#errors + chunk).slice(-KEPT_OUTPUT);
    });
  }

  /** The server's own words: the last complaint on standard error, or else what stands there last. */
  get words(): string {
    const lines = this.#errors.trim().split('\n');
    const complaint = lines.filter((line) => line.startsWith(COMPLAINT)).at(-1);
    return complaint?.slice(COMPLAINT.length) ?? lines.slice(-3).join(' ');
  }
}

function readyLine(child: ChildProcess, output: KeptOutput, clock: Clock): Promise<string> {
  return new Promise((resolve, reject) => {
    const disposables = new DisposableStore();
    const fail = (words: string) => {
      disposables.dispose();
      reject(new LogServerError(words));
    };
    disposables.add(
      output.onLine((line) => {
        const address = readyAddress(line);
        if (address !== null) {
          disposables.dispose();
          resolve(address);
        }
      }),
    );
    disposables.add(
      clock.schedule(READY_TIMEOUT_MS, () =>
        fail(output.words || texts.extension.server.noReadyLine(READY_TIMEOUT_MS / 1000)),
      ),
    );
    // Stays for the life of the child: an "error" that nobody hears would end the extension host's task.
    child.on('error', (error) => fail(error.message));
    onceEnded(child, (code, signal) => fail(output.words || endWords(code, signal)));
  });
}

/**
 * Calls back when a process has ended and everything it said has arrived. That is what "close" is
 * for, but Node.js never emits it once this end has closed the channel (seen in 20.20).
 */
function onceEnded(child: ChildProcess, callback: (code: number | null, signal: string | null) => void): void {
  let waiting = 3;
  const one = () => {
    waiting -= 1;
    if (waiting === 0) {
      callback(child.exitCode, child.signalCode);
    }
  };
  child.once('exit', one);
  child.stdout?.once('close', one);
  child.stderr?.once('close', one);
}

function endWords(code: number | null, signal: string | null): string {
  return signal === null
    ? texts.extension.server.endedWithCode(code ?? -1)
    : texts.extension.server.endedBySignal(signal);
}

class LogServerProcess implements LogServer {
  readonly url: string;
  readonly token: string | undefined;
  readonly #child: ChildProcess;
  readonly #requests: ServerRequests;
  readonly #clock: Clock;
  readonly #ended = new Emitter<string>();
  readonly #closed: Promise<void>;
  readonly onEnded = this.#ended.event;
  #asked = false;

  constructor(child: ChildProcess, output: KeptOutput, url: string, { clock, token }: LogServerStart) {
    this.#child = child;
    this.#clock = clock;
    this.url = url;
    this.token = token;
    this.#requests = new ServerRequests(
      // A channel that is closed means that the server is ending, which is told anyway.
      (request) => child.connected && child.send(request, () => undefined),
      clock,
    );
    child.on('message', (message) => this.#requests.receive(message));
    this.#closed = new Promise((resolve) => {
      onceEnded(child, (code, signal) => {
        resolve();
        this.#requests.end();
        if (!this.#asked) {
          this.#ended.fire(output.words || endWords(code, signal));
        }
        this.#ended.dispose();
      });
    });
  }

  get processId(): number {
    return this.#child.pid ?? -1;
  }

  openPort(port: number): Promise<string> {
    return this.#requests.openPort(port);
  }

  issueTicket(origin: string | null): Promise<string> {
    return this.#requests.issueTicket(origin);
  }

  async stop(): Promise<void> {
    this.#asked = true;
    // Closing the channel is the server's sign to say goodbye and end, on Windows too, where there is no SIGTERM.
    if (this.#child.connected) {
      this.#child.disconnect();
    }
    const kill = this.#clock.schedule(STOP_TIMEOUT_MS, () => this.#child.kill('SIGKILL'));
    await this.#closed;
    kill.dispose();
  }

  dispose(): void {
    this.stop().catch(() => undefined);
  }
}
