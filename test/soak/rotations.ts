import assert from 'node:assert/strict';
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  createWriteStream,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  type WriteStream,
  writeSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../../src/base/clock';
import { seededRandom } from '../../src/base/random';
import { Connection } from '../../src/client/connection';
import { createMemoryStorage } from '../../src/client/learned';
import { nodeTransport } from '../../src/client/nodeTransport';
import { freePort } from '../support/freePort';
import { LiveLogTail } from '../support/liveLogTail';
import { ServerProcess } from '../support/serverProcess';
import { createTemporaryDirectory } from '../support/temporaryDirectory';

const LINES_PER_SECOND = 500;
const STEP_MS = 20;
/** Rotated files that are kept of a log. More time passes over so many rotations than anybody is away. */
const KEPT = 7;
/** After the last stop everything has to have arrived by then. */
const CALM_MS = 30_000;

/** One log, its writer, and how it is rotated. Line n of it reads `NAME n …`. */
class RotatedLog {
  readonly name: string;
  readonly path: string;
  readonly #rotate: (log: RotatedLog) => void;
  readonly #rotated: string[] = [];
  #output: number;
  written = 0;
  rotations = 0;

  constructor(folder: string, name: string, rotate: (log: RotatedLog) => void) {
    this.name = name;
    this.path = join(folder, `${name}.log`);
    this.#rotate = rotate;
    this.#output = openSync(this.path, 'a');
  }

  writeTo(count: number): void {
    let text = '';
    for (; this.written < count; this.written++) {
      text += `${this.name} ${this.written} of the soak, long enough to be like those of a service at work\n`;
    }
    if (text !== '') {
      writeSync(this.#output, text);
    }
  }

  rotate(): void {
    this.rotations++;
    this.#rotate(this);
  }

  /** Moves the log away, and has its writer open a new one. */
  moveTo(path: string): void {
    renameSync(this.path, path);
    closeSync(this.#output);
    this.#output = openSync(this.path, 'a');
  }

  /** Moves the numbered files up by one; the first number is free then. */
  shift(): void {
    for (let number = KEPT; number > 0; number--) {
      const from = `${this.path}.${number}`;
      if (existsSync(from)) {
        number === KEPT ? rmSync(from) : renameSync(from, `${this.path}.${number + 1}`);
      }
    }
  }

  /** Takes note of a rotated file with a name of its own, and removes the oldest. */
  keep(path: string): void {
    this.#rotated.push(path);
    if (this.#rotated.length > KEPT) {
      rmSync(this.#rotated.shift() as string);
    }
  }

  close(): void {
    closeSync(this.#output);
  }
}

const ROTATIONS: Readonly<Record<string, (log: RotatedLog) => void>> = {
  byName: (log) => {
    log.shift();
    log.moveTo(`${log.path}.1`);
  },
  byCopy: (log) => {
    log.shift();
    copyFileSync(log.path, `${log.path}.1`);
    truncateSync(log.path);
  },
  byDate: (log) => {
    const date = new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
    const path = `${log.path}-${date}${String(log.rotations).padStart(4, '0')}`;
    log.moveTo(path);
    log.keep(path);
  },
};

/** What a client saw of one log, in order: the number of a line, or `gap`. */
type Seen = (number | 'gap')[];

/** What is wrong with what was seen, and how much of it was told. */
interface Judged {
  readonly silent: number;
  readonly doubled: number;
  readonly told: number;
}

/** Holds what was seen against the numbers 0 to `written`. */
function judge(seen: Seen, written: number): Judged {
  let [silent, doubled, told, next, isGap] = [0, 0, 0, 0, false];
  for (const item of [...seen, written]) {
    if (item === 'gap') {
      isGap = true;
      continue;
    }
    if (item < next) {
      doubled++;
      continue;
    }
    const missing = item - next;
    silent += isGap ? 0 : missing;
    told += isGap ? missing : 0;
    isGap = false;
    next = item + 1;
  }
  return { silent, doubled, told };
}

function numberOf(line: string): { readonly log: string; readonly number: number } {
  const [log = '', number = ''] = line.split(' ', 2);
  return { log, number: Number(number) };
}

/** A client as an editor has one: it is stopped and made anew with the positions that were kept. */
class EditorClient {
  readonly seen = new Map<string, Seen>();
  /** The sentences of the gaps that were told. */
  readonly gaps: string[] = [];
  readonly #url: string;
  readonly #memory = createMemoryStorage();
  #connection: Connection | undefined;
  #kept: Partial<Pick<Connection, 'clientId' | 'takeoverKey' | 'positions'>> = {};
  stops = 0;

  constructor(url: string) {
    this.#url = url;
  }

  start(): void {
    const { clientId, takeoverKey, positions } = this.#kept;
    const connection = new Connection(
      { name: 'soak', url: this.#url, lines: 'all', clientId, takeoverKey, resume: positions },
      { clock: systemClock, random: { next: Math.random }, transport: nodeTransport, memory: this.#memory },
    );
    connection.onLines(({ bytes }) => {
      for (const line of Buffer.from(bytes).toString().trimEnd().split('\n')) {
        const { log, number } = numberOf(line);
        this.#of(log).push(number);
      }
    });
    connection.onGap(({ source, reason }) => {
      this.gaps.push(reason);
      this.#of(basename(source, '.log')).push('gap');
    });
    connection.connect();
    this.#connection = connection;
  }

  stop(): void {
    const { clientId, takeoverKey, positions } = this.#connection as Connection;
    this.#kept = { clientId, takeoverKey, positions: [...positions] };
    this.#connection?.dispose();
    this.#connection = undefined;
    this.stops++;
  }

  /** Its connection, not that it was stopped, waits as long as one that fails again and again. */
  wake(): void {
    this.#connection?.reconnectNow();
  }

  #of(log: string): Seen {
    const seen = this.seen.get(log) ?? [];
    this.seen.set(log, seen);
    return seen;
  }
}

/** `live-log-tail --state-file`, which is interrupted or killed, and started again. */
class TailClient {
  readonly #args: readonly string[];
  readonly #into: WriteStream;
  readonly #path: string;
  #tail: LiveLogTail | undefined;
  /** The sentences of the gaps that it told. */
  readonly gaps: string[] = [];
  kills = 0;
  stops = 0;

  constructor(url: string, folder: string) {
    this.#path = join(folder, 'tail.out');
    this.#into = createWriteStream(this.#path);
    this.#args = ['--lines', 'all', '--status', 'json', '--state-file', join(folder, 'tail.state'), url];
  }

  start(): void {
    this.#tail = new LiveLogTail(this.#args);
  }

  async stop(isKilled: boolean): Promise<void> {
    const tail = this.#tail as LiveLogTail;
    this.stops++;
    this.kills += isKilled ? 1 : 0;
    tail.signal(isKilled ? 'SIGKILL' : 'SIGINT');
    await tail.exit;
    for (const line of tail.errors.split('\n').filter((line) => line.includes('"notice":"gap"'))) {
      this.gaps.push((JSON.parse(line) as { readonly reason: string }).reason);
    }
    this.#into.write(tail.output);
  }

  /** What came of one log; a piece of a line that a kill left is not one. */
  async seen(log: string): Promise<number[]> {
    await new Promise<void>((resolve) => this.#into.end(resolve));
    return readFileSync(this.#path, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith(`${log} `) && line.endsWith('at work'))
      .map((line) => numberOf(line).number);
  }
}

/**
 * Three logs that are rotated by name, by copy and by date, a server that is stopped, killed and frozen, and two
 * clients that are stopped and started: nothing may be lost in silence, and nothing come twice.
 */
export async function soakRotations(minutes: number, seed = Date.now() % 1_000_000): Promise<void> {
  const random = seededRandom(seed);
  const between = (from: number, to: number) => from + random.next() * (to - from);
  const folder = await createTemporaryDirectory('soak-rotations');
  const logs = Object.entries(ROTATIONS).map(([name, rotate]) => new RotatedLog(folder.path, name, rotate));
  const port = String(await freePort());
  const startServer = () => ServerProcess.start([...logs.map(({ path }) => path), '--port', port]);
  let server = await startServer();
  const editor = new EditorClient(server.url);
  const tail = new TailClient(server.url, folder.path);
  editor.start();
  tail.start();
  console.log(
    `Three logs of ${LINES_PER_SECOND} lines/s, rotated by name, copy and date every 4 to 15 s; a server and two clients that are stopped every 5 to 40 s; ${minutes} min, seed ${seed}.`,
  );
  const startedAt = performance.now();
  const until = startedAt + minutes * 60_000;
  let isOver = false;
  const [rotateAt, stops] = [logs.map(() => startedAt + between(4000, 15_000)), { term: 0, kill: 0, frozen: 0 }];
  const writing = (async () => {
    while (!isOver) {
      const now = performance.now();
      for (const [at, log] of logs.entries()) {
        log.writeTo(Math.floor(((now - startedAt) / 1000) * LINES_PER_SECOND));
        if (now >= (rotateAt[at] as number) && now < until) {
          log.rotate();
          rotateAt[at] = now + between(4000, 15_000);
        }
      }
      await pause(STEP_MS);
    }
  })();
  const stopServer = async (draw: number) => {
    if (draw < 0.35) {
      stops.frozen++;
      server.signal('SIGSTOP');
      await pause(between(500, 20_000));
      server.signal('SIGCONT');
      return;
    }
    draw < 0.7 ? stops.kill++ : stops.term++;
    await (draw < 0.7 ? server.kill() : server.stop());
    await pause(between(0, 20_000));
    server = await startServer();
  };
  const disturb = async (fromMs: number, toMs: number, act: () => Promise<void>) => {
    for (;;) {
      const wait = between(fromMs, toMs);
      if (performance.now() + wait > until) {
        return;
      }
      await pause(wait);
      await act();
    }
  };
  await Promise.all([
    disturb(15_000, 40_000, () => stopServer(random.next())),
    disturb(5000, 30_000, async () => {
      editor.stop();
      await pause(between(0, 15_000));
      editor.start();
    }),
    disturb(5000, 30_000, async () => {
      await tail.stop(random.next() < 0.5);
      await pause(between(0, 15_000));
      tail.start();
    }),
    pause(Math.max(0, until - performance.now())),
  ]);
  editor.wake();
  isOver = true;
  await writing;
  const last = logs.map(({ written }) => written - 1);
  const hasAll = () => logs.every(({ name }, at) => editor.seen.get(name)?.at(-1) === last[at]);
  for (const deadline = performance.now() + CALM_MS; !hasAll() && performance.now() < deadline; ) {
    await pause(100);
  }
  // The tail has no end to wait for: it gets the same time again.
  await pause(5000);
  editor.stop();
  await tail.stop(false);
  await server.stop();
  let failed = false;
  for (const log of logs) {
    log.close();
    const judged = judge(editor.seen.get(log.name) ?? [], log.written);
    const numbers = await tail.seen(log.name);
    const missing = log.written - new Set(numbers).size;
    const repeated = numbers.length - new Set(numbers).size;
    console.log(
      `${log.name}: ${log.written.toLocaleString('en')} lines, ${log.rotations} rotations; editor's client: ${judged.silent} lost in silence, ${judged.told} in told gaps, ${judged.doubled} twice; live-log-tail: ${missing} missing, ${repeated} twice.`,
    );
    const isTold = tail.gaps.some((reason) => reason.includes(`${log.name}.log`));
    const isOrdered = numbers.every((number, at) => at === 0 || number === (numbers[at - 1] as number) + 1);
    // Of what a killed reader had under way nobody knows what it wrote, so that much may be repeated.
    failed ||=
      judged.silent > 0 ||
      judged.doubled > 0 ||
      (missing > 0 && !isTold) ||
      (repeated > 0 && tail.kills === 0) ||
      (repeated === 0 && missing === 0 && !isOrdered);
  }
  console.log(
    `The server was stopped ${stops.term} times, killed ${stops.kill} times, frozen ${stops.frozen} times; the editor's client stopped ${editor.stops} times, live-log-tail ${tail.stops} times, ${tail.kills} of them killed; it told ${tail.gaps.length} gaps.`,
  );
  for (const reason of new Set([...editor.gaps, ...tail.gaps])) {
    console.log(`A gap that was told: ${reason}`);
  }
  if (failed) {
    appendFileSync(join(folder.path, 'seed'), String(seed));
    console.log(`What was written stays in ${folder.path}.`);
  }
  assert.ok(!failed, 'nothing is lost in silence, and nothing comes twice');
  await folder.remove();
}
