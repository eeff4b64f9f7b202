import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { FakeClock } from '../../support/fakeClock';
import { testCacheDirectory } from '../../support/testCache';

const FOLDER = join(testCacheDirectory(), 'bench');

/** How a simulated server treats the clients of a reconnecting library. */
export interface ServerRule {
  /** Closes this long after opening, ms. */
  readonly lifetimeMs?: number;
  /** Closes after so long without a message, ms. */
  readonly silenceMs?: number;
}

interface Socket {
  send(text: string): void;
  close(): void;
}
type SocketClass = new (url: string, protocols: readonly string[], options: object) => Socket;

interface Library {
  readonly name: string;
  readonly SocketClass: SocketClass;
}

/** Fetches the libraries outside of the project, once; those that cannot be had are left out. */
export function reconnectingLibraries(): Library[] {
  const wanted = ['reconnecting-websocket@4', 'partysocket@1'];
  const nameOf = (spec: string) => spec.slice(0, spec.indexOf('@'));
  const missing = wanted.filter((spec) => !existsSync(join(FOLDER, 'node_modules', nameOf(spec))));
  if (missing.length > 0) {
    console.log(`Fetching ${missing.map(nameOf).join(' and ')} for comparison (once) …`);
    mkdirSync(FOLDER, { recursive: true });
    spawnSync('npm', ['install', '--prefix', FOLDER, '--no-audit', '--no-fund', ...missing], {
      stdio: 'ignore',
      shell: process.platform === 'win32',
    });
  }
  const load = createRequire(join(FOLDER, 'index.js'));
  return wanted.map(nameOf).flatMap((name) => {
    try {
      const loaded = load(name === 'partysocket' ? 'partysocket/ws' : name) as { default?: SocketClass };
      return [{ name, SocketClass: loaded.default ?? (loaded as unknown as SocketClass) }];
    } catch (error) {
      console.log(`${name} cannot be measured: ${error instanceof Error ? error.message : error}`);
      return [];
    }
  });
}

/**
 * Runs a library with its defaults against a simulated server, and returns how often it connected.
 * Its timers are a fake clock's: the globals are replaced while it runs. `heartbeatMs`: what an
 * application would send beside it.
 */
export async function connectsOf(
  library: Library,
  rule: ServerRule,
  durationMs: number,
  heartbeatMs?: number,
): Promise<number> {
  const clock = new FakeClock();
  let connects = 0;
  class SimulatedWebSocket extends EventTarget {
    static readonly CONNECTING = 0;
    static readonly OPEN = 1;
    static readonly CLOSING = 2;
    static readonly CLOSED = 3;
    readyState = 0;
    binaryType = 'blob';
    bufferedAmount = 0;
    extensions = '';
    protocol = '';
    readonly url: string;
    #silence: { dispose(): void } | undefined;

    constructor(url: string) {
      super();
      this.url = url;
      connects++;
      clock.schedule(1, () => {
        this.readyState = 1;
        this.dispatchEvent(new Event('open'));
        if (rule.lifetimeMs !== undefined) {
          clock.schedule(rule.lifetimeMs, () => this.#end());
        }
        this.#awake();
      });
    }

    send(): void {
      this.#awake();
    }

    close(): void {
      this.#end();
    }

    #awake(): void {
      this.#silence?.dispose();
      if (rule.silenceMs !== undefined) {
        this.#silence = clock.schedule(rule.silenceMs, () => this.#end());
      }
    }

    #end(): void {
      if (this.readyState !== 3) {
        this.readyState = 3;
        this.#silence?.dispose();
        const closed = Object.assign(new Event('close'), { code: 1000, reason: '', wasClean: true });
        this.dispatchEvent(closed);
      }
    }
  }
  const { setTimeout: realSetTimeout, clearTimeout: realClearTimeout } = globalThis;
  const timers = new Map<number, { dispose(): void }>();
  let nextTimer = 1;
  globalThis.setTimeout = ((callback: () => void, ms = 0) => {
    const id = nextTimer++;
    timers.set(id, clock.schedule(ms, callback));
    return id;
  }) as unknown as typeof setTimeout;
  globalThis.clearTimeout = ((id: number) => timers.get(id)?.dispose()) as typeof clearTimeout;
  try {
    const socket = new library.SocketClass('ws://logs.example/ws', [], { WebSocket: SimulatedWebSocket });
    const beat = () => {
      if (heartbeatMs !== undefined) {
        socket.send('{"type":"ping"}');
        clock.schedule(heartbeatMs, beat);
      }
    };
    clock.schedule(heartbeatMs ?? 0, beat);
    await clock.advanceAsync(durationMs);
    const made = connects;
    socket.close();
    return made;
  } finally {
    globalThis.setTimeout = realSetTimeout;
    globalThis.clearTimeout = realClearTimeout;
  }
}
