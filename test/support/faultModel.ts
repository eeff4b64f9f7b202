import type { Random } from '../../src/base/random';
import { seededRandom } from '../../src/base/random';
import type { ConnectionStatus } from '../../src/client/status';
import type { GapMessage } from '../../src/protocol/messages';
import { Simulation } from './simulatedConnection';
import type { SimulatedSocket } from './simulatedServer';

const kinds = [
  'drop',
  'halfOpen',
  'blackhole',
  'kill',
  'restart',
  'sleep',
  'stall',
  'flap',
  'delay',
  'duplicate',
  'overtake',
  'skip',
] as const;

/** What can go wrong, and for how long, ms. */
export interface Fault {
  readonly kind: (typeof kinds)[number];
  readonly afterMs: number;
  readonly value: number;
}

/** A schedule of faults that is the same for the same seed. */
export function drawFaults(seed: number): Fault[] {
  const random = seededRandom(seed);
  const upTo = (limit: number) => Math.floor(random.next() * limit);
  return Array.from({ length: 1 + upTo(8) }, () => ({
    kind: kinds[upTo(kinds.length)] ?? 'drop',
    afterMs: upTo(20) === 0 ? upTo(100_000) : upTo(8000),
    value: upTo(45_000),
  }));
}

interface Session {
  readonly socket: SimulatedSocket;
  /** Index of the next line of the log to send. */
  index: number;
  /** The number of line 0 in this session's epoch. */
  readonly offset: number;
  readonly epoch: string;
}

/**
 * One log on a simulated server: line i reads `line i`. As a file it is resumed by cursor, whatever
 * happened to the server; as a ring only by a number it still holds, in an epoch it knows.
 */
export class FaultRun {
  readonly simulation: Simulation;
  /** What the person saw, in order: the index of a line, or a gap. */
  readonly seen: (number | GapMessage)[] = [];
  readonly problems: string[] = [];
  #length = 20;
  /** First line the ring still holds. */
  #ringStart = 0;
  #incarnation = 1;
  readonly #file: boolean;
  readonly #write: () => void;
  readonly #sessions = new Set<Session>();
  #retryAt: number | null = null;
  #writing = true;
  /** Connections lost in a row since one has lasted, and since when the present one is open. */
  #lost = 0;
  #openedAt: number | null = null;
  #answered = false;

  constructor(seed: number, random: Random = seededRandom(seed * 31 + 7)) {
    this.#file = seed % 2 === 0;
    this.simulation = new Simulation({ random, connection: { lines: 'all' } });
    const { server, connection, clock } = this.simulation;
    connection.onLines((frame) => {
      const lines = new TextDecoder().decode(frame.bytes).trimEnd().split('\n');
      this.seen.push(...lines.map((line) => Number(line.slice(5))));
    });
    connection.onGap((gap) => this.seen.push(gap));
    connection.onDidChangeStatus(({ state, retryAt }) => {
      if (state === 'connecting' && this.#retryAt !== null && clock.wallTime() < this.#retryAt - 1) {
        this.problems.push(`dialled ${this.#retryAt - clock.wallTime()} ms before its time`);
      }
      this.#retryAt = state === 'waiting' || state === 'dormant' ? (retryAt ?? null) : null;
    });
    connection.onHeartbeat(({ kind }) => {
      this.#answered ||= kind === 'answered';
    });
    connection.onDidChangeStatus((status) => this.#checkAttempts(status));
    server.onHello = (socket, hello) =>
      this.#begin(
        socket,
        hello.resume?.find(({ source }) => source === 'log'),
      );
    const write = () => {
      if (this.#writing) {
        this.#length += 3;
        for (const session of this.#sessions) {
          this.#send(session);
        }
        clock.schedule(700, write);
      }
    };
    clock.schedule(700, write);
    this.#write = write;
  }

  /** Plays the faults, then lets ten calm minutes pass, and collects what is wrong. */
  play(faults: readonly Fault[]): string[] {
    const { clock, connection, server } = this.simulation;
    connection.connect();
    for (const fault of faults) {
      clock.advance(fault.afterMs);
      this.#strike(fault);
    }
    server.behaviour.delayMs = 1;
    this.#writing = false;
    clock.advance(10 * 60_000);
    // What is written now has to arrive too.
    this.#writing = true;
    this.#write();
    clock.advance(5000);
    if (connection.status.state !== 'live') {
      this.problems.push(`not live ten minutes after the last fault but ${connection.status.state}`);
    }
    this.#checkLines();
    connection.dispose();
    if (this.simulation.pendingClientTimers > 0) {
      this.problems.push(`${this.simulation.pendingClientTimers} timers were left`);
    }
    const seen = this.seen.length;
    clock.advance(5000);
    if (this.seen.length > seen) {
      this.problems.push('something was delivered after the end');
    }
    for (const socket of server.sockets) {
      if (!socket.ended && !socket.halfOpen) {
        this.problems.push('a socket was left open');
      }
    }
    return this.problems;
  }

  /**
   * The failures counted may be forgotten only once a connection has lasted 60 s and answered a
   * heartbeat, whose own end is no failure; a server that goes away as announced costs none. After
   * 20 the pauses are long.
   */
  #checkAttempts({ state, attempt, code, since }: ConnectionStatus): void {
    if (state === 'opening') {
      this.#openedAt = since;
      this.#answered = false;
      return;
    }
    if ((state !== 'waiting' && state !== 'dormant') || this.#openedAt === null) {
      return;
    }
    const isStable = this.#answered && since - this.#openedAt >= 60_000;
    this.#openedAt = null;
    if (isStable) {
      this.#lost = 0;
    }
    if (code === 4200 || code === 4201) {
      return;
    }
    if (!isStable) {
      this.#lost++;
    }
    if (attempt < this.#lost) {
      this.problems.push(`${this.#lost} connections were lost in a row, but it counts ${attempt}`);
    }
    if (this.#lost >= 20 && state !== 'dormant') {
      this.problems.push(`goes on as if nothing were wrong after ${this.#lost} lost connections`);
    }
  }

  #begin(
    socket: SimulatedSocket,
    position: { epoch: string; nextSeq: number; cursor: string | null } | undefined,
  ): void {
    const ownEpoch = `epoch ${this.#incarnation}`;
    let session: Session;
    if (position === undefined) {
      session = { socket, epoch: ownEpoch, offset: 0, index: this.#file ? 0 : this.#ringStart };
    } else if (this.#file) {
      const index = Number(position.cursor);
      session = { socket, epoch: position.epoch, offset: position.nextSeq - index, index };
    } else if (position.epoch === ownEpoch) {
      session = { socket, epoch: ownEpoch, offset: 0, index: Math.max(position.nextSeq, this.#ringStart) };
      if (position.nextSeq < this.#ringStart) {
        const [from, to] = [position.nextSeq, this.#ringStart];
        socket.say({ type: 'gap', source: 'log', epoch: ownEpoch, from, to, count: to - from, reason: 'overtaken' });
      }
    } else {
      session = { socket, epoch: ownEpoch, offset: 0, index: this.#ringStart };
      const at = this.#ringStart;
      socket.say({ type: 'gap', source: 'log', epoch: ownEpoch, from: at, to: at, count: null, reason: 'restarted' });
    }
    socket.say({ type: 'source', source: 'log', name: 'log', kind: 'file', state: 'live', epoch: session.epoch });
    this.#sessions.add(session);
    this.#send(session);
  }

  #send(session: Session): void {
    const { socket, offset, epoch } = session;
    if (socket.ended) {
      this.#sessions.delete(session);
      return;
    }
    if (session.index < this.#length) {
      const lines = Array.from({ length: this.#length - session.index }, (_, at) => `line ${session.index + at}`);
      session.index = this.#length;
      const cursor = this.#file ? String(this.#length) : null;
      socket.lines(lines, { seq: this.#length - lines.length + offset, epoch, cursor });
    }
  }

  #strike({ kind, value }: Fault): void {
    const { clock, server } = this.simulation;
    const open = server.sockets.filter((socket) => !socket.ended);
    switch (kind) {
      case 'drop':
        for (const socket of open) {
          socket.serverClose([1000, 1006, 1011, 4101, 4102][value % 5] ?? 1006);
        }
        return;
      case 'halfOpen':
        for (const socket of open) {
          socket.halfOpen = true;
        }
        return;
      case 'blackhole':
        for (const socket of open) {
          socket.halfOpen = true;
        }
        server.behaviour.cut = true;
        clock.advance(value);
        server.behaviour.cut = false;
        return;
      case 'kill':
        this.#stop(1006, value);
        return;
      case 'restart':
        for (const socket of open) {
          socket.say({ type: 'goaway', reason: 'restart', reconnectWindowMs: value % 5000 });
        }
        this.#stop(4200, value);
        return;
      case 'sleep':
        clock.sleepThrough(value);
        return;
      case 'stall':
        this.simulation.stall(value % 30_000);
        return;
      case 'flap':
        server.onOpen = (socket) => socket.serverClose(1006);
        for (const socket of open) {
          socket.serverClose(1006);
        }
        clock.advance(value);
        server.onOpen = () => {};
        return;
      case 'delay':
        server.behaviour.delayMs = value % 2000;
        return;
      case 'duplicate':
        for (const session of this.#sessions) {
          session.index = Math.max(0, session.index - (value % 20));
          this.#send(session);
        }
        return;
      case 'skip':
        // A server that leaves lines out without a word; the client has to say it.
        this.#length += 5;
        for (const session of this.#file ? [] : this.#sessions) {
          session.index += value % 5;
        }
        return;
      case 'overtake':
        this.#ringStart = Math.max(this.#ringStart, this.#length - (value % 5));
        this.#length += 5;
    }
  }

  /** The server is away for a while; what only its memory held is lost. */
  #stop(code: number, awayMs: number): void {
    const { clock, server } = this.simulation;
    for (const socket of server.sockets.filter((each) => !each.ended)) {
      socket.serverClose(code);
    }
    this.#sessions.clear();
    server.behaviour.dial = { kind: 'network', detail: 'ECONNREFUSED' };
    clock.advance(awayMs);
    server.behaviour.dial = 'open';
    this.#incarnation++;
    this.#ringStart = this.#length;
  }

  /** Every line once and in order, or inside an announced gap. */
  #checkLines(): void {
    let last: number | null = null;
    let gap: GapMessage[] = [];
    for (const item of this.seen) {
      if (typeof item !== 'number') {
        gap.push(item);
        continue;
      }
      if (last !== null && item <= last) {
        this.problems.push(`line ${item} came after line ${last}`);
      }
      if (last !== null && item > last + 1) {
        const announced =
          gap.some(({ count }) => count === null) || gap.reduce((sum, { count }) => sum + (count ?? 0), 0);
        if (announced !== true && announced !== item - last - 1) {
          this.problems.push(`lines ${last + 1} to ${item - 1} are missing, ${announced} were announced`);
        }
      }
      last = item;
      gap = [];
    }
    if (last === null || last < this.#length - 4) {
      this.problems.push(`the last line seen is ${last}, the log has ${this.#length}`);
    }
    if (this.#file && this.seen.some((item) => typeof item !== 'number')) {
      this.problems.push('a gap in a file that was never cut');
    }
  }
}
