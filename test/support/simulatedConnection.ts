import type { Clock } from '../../src/base/clock';
import { toDisposable } from '../../src/base/disposable';
import type { Random } from '../../src/base/random';
import { Connection, type ConnectionNotice, type ConnectionOptions } from '../../src/client/connection';
import { createMemoryStorage, type LearnedStorage } from '../../src/client/learned';
import type { Policy } from '../../src/client/policy';
import type { ConnectionStatus } from '../../src/client/status';
import type { LinesFrame } from '../../src/protocol/frames';
import type { GapMessage } from '../../src/protocol/messages';
import { FakeClock } from './fakeClock';
import { SimulatedServer } from './simulatedServer';

/** A random source whose every draw is the same; 0.5 is the mean of a uniform one. */
export function constantRandom(value = 0.5): Random {
  return { next: () => value };
}

interface SimulationOptions {
  readonly server?: Partial<SimulatedServer['behaviour']>;
  readonly connection?: Partial<ConnectionOptions>;
  readonly random?: Random;
  readonly memory?: LearnedStorage;
  readonly policy?: Partial<Policy>;
  readonly clock?: FakeClock;
  /** A browser: no RFC 6455 pings, no headers. */
  readonly browser?: boolean;
}

/** A connection and a server on one fake clock, with everything the connection tells written down. */
export class Simulation {
  readonly clock: FakeClock;
  readonly server: SimulatedServer;
  readonly connection: Connection;
  readonly memory: LearnedStorage;
  readonly statuses: ConnectionStatus[] = [];
  readonly lines: string[] = [];
  readonly frames: LinesFrame[] = [];
  readonly gaps: GapMessage[] = [];
  readonly notices: ConnectionNotice[] = [];

  /** What a stalled client has not come to yet: its overdue timers, and what its sockets hold. */
  /** Timers of the client that have been set and neither fired nor been cancelled. */
  readonly #clientTimers = new Set<object>();
  #held: { readonly timers: (() => void)[]; readonly arrived: (() => void)[] } | null = null;

  constructor(options: SimulationOptions = {}) {
    this.clock = options.clock ?? new FakeClock();
    this.server = new SimulatedServer(this.clock, options.server, options.browser !== true);
    this.server.toClient = (run) => (this.#held === null ? run() : this.#held.arrived.push(run));
    this.memory = options.memory ?? createMemoryStorage();
    this.connection = new Connection(
      { name: 'test', url: 'ws://logs.example/ws', lines: 10, ...options.connection },
      {
        clock: this.#clientClock(),
        random: options.random ?? constantRandom(),
        transport: this.server.transport,
        memory: this.memory,
        ...(options.policy === undefined ? {} : { policy: options.policy }),
      },
    );
    this.connection.onDidChangeStatus((status) => this.statuses.push(status));
    this.connection.onLines((frame) => {
      this.frames.push(frame);
      this.lines.push(...new TextDecoder().decode(frame.bytes).trimEnd().split('\n'));
    });
    this.connection.onGap((gap) => this.gaps.push(gap));
    this.connection.onNotice((notice) => this.notices.push(notice));
  }

  /**
   * Holds the client's event loop for a while, as a busy extension host does; everybody else goes
   * on. Afterwards its overdue timers run before what has arrived is read, as in Node.
   */
  stall(ms: number): void {
    const held = { timers: [] as (() => void)[], arrived: [] as (() => void)[] };
    this.#held = held;
    this.clock.advance(ms);
    this.#held = null;
    for (const run of [...held.timers, ...held.arrived]) {
      run();
    }
  }

  /** How many timers of the client wait; zero once it was disposed. */
  get pendingClientTimers(): number {
    return this.#clientTimers.size;
  }

  #clientClock(): Clock {
    const { clock } = this;
    return {
      now: () => clock.now(),
      wallTime: () => clock.wallTime(),
      schedule: (delayMs, callback) => {
        let pending = true;
        const key = {};
        this.#clientTimers.add(key);
        const run = () => {
          if (pending) {
            pending = false;
            this.#clientTimers.delete(key);
            callback();
          }
        };
        const timer = clock.schedule(delayMs, () => (this.#held === null ? run() : this.#held.timers.push(run)));
        return toDisposable(() => {
          pending = false;
          this.#clientTimers.delete(key);
          timer.dispose();
        });
      },
    };
  }

  get state(): string {
    return this.connection.status.state;
  }

  /** Connects and waits until it is live. */
  goLive(): this {
    this.connection.connect();
    this.clock.advance(1000);
    if (this.state !== 'live') {
      throw new Error(`not live but ${this.state}: ${this.connection.status.reason}`);
    }
    return this;
  }

  /** The states in the order they were entered. */
  get path(): string[] {
    return this.statuses.map((status) => status.state).filter((state, at, all) => state !== all[at - 1]);
  }

  noticesOf(kind: ConnectionNotice['kind']): string[] {
    return this.notices.filter((notice) => notice.kind === kind).map((notice) => notice.text);
  }
}
