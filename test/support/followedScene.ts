import assert from 'node:assert/strict';
import {
  type BigIntStats,
  closeSync,
  copyFileSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { BlockPool } from '../../src/server/file/bytes/blockPool';
import { READ_BLOCK_SIZES } from '../../src/server/file/bytes/fileBlocks';
import { identityOf, type StatusTimes, statusTimes } from '../../src/server/file/bytes/fileIdentity';
import { FileSource } from '../../src/server/file/fileSource';
import { SlowLooks } from '../../src/server/file/watching/slowLooks';
import { WatchedFolders } from '../../src/server/file/watching/watchedFolders';
import type { SourceReader } from '../../src/server/logSource';
import { FakeClock } from './fakeClock';
import { OpenFiles } from './openFiles';
import { createTemporaryDirectory } from './temporaryDirectory';

/** What a service and a rotator may do to a file, in any order. */
type FileStep =
  | { readonly do: 'write' | 'write to the old file' | 'replace' | 'copy and cut'; readonly lines: number }
  | { readonly do: 'rotate' | 'rename' | 'create' | 'move back' | 'cut' | 'forget' };

/** What else may happen: to the server, its clients, and the time. */
type Step =
  | FileStep
  | { readonly do: 'look' | 'quiet' | 'switch the link' }
  /** No look is taken meanwhile: the server is stopped, or the machine is suspended. */
  | { readonly do: 'freeze'; readonly steps: readonly FileStep[] }
  /** `isRead`: the clients have read what there was when the server was killed. */
  | { readonly do: 'restart'; readonly isRead: boolean; readonly steps: readonly FileStep[] }
  | { readonly do: 'join'; readonly lines: number | 'all' }
  | { readonly do: 'read' | 'resume'; readonly client: number };

/** How one run is set up, and what happens in it. */
export interface Schedule {
  /** How rotated files are named. */
  readonly naming: 'number' | 'date';
  /** Whether the rotator renames the log, or copies and cuts it. Who does both leaves no trace of what a cut cost. */
  readonly rotator: 'renames' | 'copies';
  /** Short lines prove little: few of them do not tell a file from another one. */
  readonly isShort: boolean;
  /** The path is a symbolic link. */
  readonly isLink: boolean;
  /** The file system's clock stands still between two looks. */
  readonly isCoarse: boolean;
  readonly steps: readonly Step[];
}

const some = (most: number) => fc.integer({ min: 1, max: most });
const fileStep = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('write'), lines: some(4) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('write to the old file'), lines: some(2) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('replace', 'copy and cut'), lines: fc.nat(2) }) },
  {
    weight: 9,
    arbitrary: fc.record({
      do: fc.constantFrom('rotate', 'rotate', 'rename', 'create', 'create', 'move back', 'cut', 'forget'),
    }),
  },
) as fc.Arbitrary<FileStep>;
const unseen = fc.array(fileStep, { maxLength: 8 });

const step = fc.oneof(
  { weight: 12, arbitrary: fileStep },
  { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('look', 'look', 'look', 'quiet', 'switch the link') }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('freeze'), steps: unseen }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('restart'), isRead: fc.boolean(), steps: unseen }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('join'),
      lines: fc.oneof(fc.constant('all' as const), fc.integer({ min: 0, max: 5 })),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('read', 'resume'), client: fc.integer({ min: 0, max: 3 }) }),
  },
) as fc.Arbitrary<Step>;

/** Schedules, the longest of so many steps. */
export function schedules(most = 40): fc.Arbitrary<Schedule> {
  return fc.record({
    naming: fc.constantFrom('number', 'date'),
    rotator: fc.constantFrom('renames', 'copies'),
    isShort: fc.boolean(),
    isLink: fc.boolean(),
    isCoarse: fc.boolean(),
    steps: fc.array(step, { minLength: 5, maxLength: most }),
  }) as fc.Arbitrary<Schedule>;
}

/**
 * Plays a schedule on real files; throws where a line is lost or doubled and nobody was told, and where a file
 * stays open.
 */
export async function playSchedule(schedule: Schedule): Promise<void> {
  const folder = await createTemporaryDirectory('followed');
  const timesOf = statusTimes.of;
  const files = new OpenFiles();
  const scene = new Scene(folder.path, schedule);
  try {
    statusTimes.of = (status) => scene.timesOf(status);
    await scene.start();
    for (const each of schedule.steps) {
      await scene.take(each);
    }
    await scene.finish();
    scene.dispose();
    await files.allClosed();
  } finally {
    scene.dispose();
    files.dispose();
    statusTimes.of = timesOf;
    await folder.remove();
  }
}

/** A tick of the clock by which a file system takes its times, ns. */
const TICK = 4_000_000n;

/** First bytes without which a copy is not believed to be one. */
const EVIDENCE_BYTES = 64;

/** A cursor in front of the first byte. */
const UNPROVEN = /^[^|]*;0-0;0-(\||$)/;

/** A file, as the one who writes it knows it. */
interface Written {
  path: string;
  /** Numbers of the lines that it holds. */
  lines: number[];
  bytes: number;
  /** Bytes that it held when the server looked last. */
  seenBytes: number;
  isDeleted: boolean;
  /** The server has looked while it was the log. */
  isSeen: boolean;
}

interface Client {
  reader: SourceReader;
  epoch: string;
  nextSeq: number;
  /** Numbers of lines, and gaps as they were told. */
  got: (number | 'gap')[];
  /** Lines that were there before it came. */
  before: number;
  /** Lines of which nobody can know that they were there for it. */
  readonly unknown: Set<number>;
  asked: number | 'all';
}

class Scene {
  readonly #folder: string;
  readonly #path: string;
  /** Where the file lies: the path, or where the link leads. */
  #real: string;
  readonly #schedule: Schedule;
  readonly #clock = new FakeClock();
  /** By device and inode: those of a file system depend on how fast the test runs. */
  readonly #times = new Map<string, StatusTimes>();
  #ticks = 0n;
  readonly #clients: Client[] = [];
  /** By the number of each line, whether it was written behind what may be lost. */
  readonly #mayMiss: boolean[] = [];
  /** Lines that nobody can know of: written to a file that was empty at the last look, and cut away before the next. */
  readonly #unknowable = new Set<number>();
  readonly #wasCut = new Set<number>();
  /** Which stretch of which file each line was written to: within one the order stays. */
  readonly #stretch: number[] = [];
  /** Which lines were written to a file that was rotated already. */
  readonly #isLate: boolean[] = [];
  #source: FileSource;
  #file: number | undefined;
  #old: number | undefined;
  #now!: Written;
  #oldWritten: Written | undefined;
  /** The newest first. */
  #rotated: Written[] = [];
  #renamed: Written | undefined;
  #rotations = 0;
  #targets = 0;
  #stretches = 0;
  #nowStretch = 0;
  #oldStretch = 0;
  /** Stretches that were written although their files were rotated, as long as those are read. */
  readonly #late = new Set<number>();
  #isDown = false;
  readonly #kept: number[] = [];
  /** Something has happened that may cost lines, and be told with a gap. */
  #isLossy = false;
  /**
   * Lines of a file that was replaced twice between two looks. The second copy was made after the followed
   * file had gone, as a new log is that begins alike: it is told whole, since a doubled line is seen and a lost one is not.
   */
  readonly #mayDouble = new Set<number>();
  /** Lines of files that were replaced when they were too short to be known by their bytes alone. */
  readonly #unproven: number[] = [];
  #isReplaced = false;
  #wasReplaced = false;
  /** The link was moved: a server that is started then finds none of the files it led to before. */
  #isMoved = false;
  /** The files that it led to before, and their rotations. */
  readonly #behindLink: Written[] = [];

  constructor(folder: string, schedule: Schedule) {
    this.#folder = folder;
    this.#schedule = schedule;
    this.#path = join(folder, 'app.log');
    this.#real = this.#path;
    this.#source = this.#newSource();
  }

  timesOf(status: BigIntStats): StatusTimes {
    const times = this.#times.get(identityOf(status));
    assert.ok(times, 'only files of the scene are looked at');
    return times;
  }

  async start(): Promise<void> {
    if (this.#schedule.isLink) {
      this.#link();
    }
    this.#create();
    await this.#serve();
  }

  async take(step: Step): Promise<void> {
    switch (step.do) {
      case 'look':
        await this.#look();
        break;
      case 'quiet':
        // The old file is given up after half a minute: nobody may write to it any more.
        await this.#look();
        this.#closeOld();
        this.#late.clear();
        this.#now.isSeen &&= !this.#now.isDeleted;
        this.#clock.advance(31_000);
        await this.#look();
        break;
      case 'switch the link':
        if (this.#schedule.isLink && existsSync(this.#real)) {
          // What lay behind the link for less than one look is never seen.
          await this.#look();
          this.#isMoved = true;
          this.#behindLink.push(this.#now, ...this.#rotated);
          this.#link();
          this.#rotated = [];
          this.#renamed = undefined;
          this.#create();
          await this.#look();
        }
        break;
      case 'freeze':
        this.#takeAll(step.steps);
        await this.#look();
        break;
      case 'restart':
        await this.#restart(step.isRead, step.steps);
        break;
      case 'join':
        if (this.#clients.length < 4) {
          await this.#join(step.lines);
        }
        break;
      case 'read':
        await this.#read(this.#clients[step.client]);
        break;
      case 'resume':
        await this.#resume(this.#clients[step.client]);
        break;
      default:
        this.#takeAll([step]);
        if (step.do === 'create' || step.do === 'rotate') {
          await this.#look();
        }
    }
  }

  async finish(): Promise<void> {
    this.#create();
    await this.#look();
    for (const client of this.#clients) {
      await this.#read(client);
      this.#check(client);
    }
  }

  /** Ends server and clients, and closes the files. */
  dispose(): void {
    for (const { reader } of this.#clients) {
      reader.dispose();
    }
    this.#source.dispose();
    this.#closeOld();
    this.#close();
    for (const file of this.#kept.splice(0)) {
      closeSync(file);
    }
  }

  /** All at once: no look comes between. */
  #takeAll(steps: readonly FileStep[]): void {
    for (const each of steps) {
      this.#takeFileStep(each);
    }
  }

  #takeFileStep(step: FileStep): void {
    const isThere = existsSync(this.#real);
    switch (step.do) {
      case 'write':
        this.#write(this.#file, this.#now, this.#nowStretch, step.lines);
        break;
      case 'write to the old file':
        if (this.#isDown && this.#oldWritten && !this.#isFoundAgain(this.#oldWritten)) {
          this.#isLossy = true;
        }
        this.#writeLate(step.lines);
        break;
      case 'rotate':
      case 'rename':
        if (isThere && this.#schedule.rotator === 'renames') {
          this.#rename();
        }
        if (step.do === 'rotate') {
          this.#create();
        }
        break;
      case 'create':
        this.#create();
        break;
      case 'move back':
        if (this.#renamed !== undefined && this.#rotated[0] === this.#renamed && !isThere) {
          renameSync(this.#renamed.path, this.#real);
          this.#renamed.path = this.#real;
          this.#rotated.shift();
          this.#renamed = undefined;
        }
        break;
      case 'replace':
        if (isThere && this.#now.path === this.#real) {
          this.#replace(step.lines);
        }
        break;
      case 'copy and cut':
        if (isThere && this.#now.path === this.#real && this.#schedule.rotator === 'copies') {
          this.#copyAndCut(step.lines);
        }
        break;
      case 'cut':
        if (isThere && this.#now.path === this.#real && this.#now.lines.length > 0) {
          this.#mayLose(this.#now.lines);
          this.#cut();
        }
        break;
      case 'forget':
        this.#forget();
        break;
    }
  }

  /** Whether a new server finds a file again: of one that was empty nothing proves which it is. */
  #isFoundAgain({ bytes, path }: Written): boolean {
    return bytes > 0 && path.startsWith(this.#real);
  }

  async #look(): Promise<void> {
    await this.#source.check();
    this.#ticks++;
    // One that was put in place of the file and renamed before this look is another file beside the log.
    if (this.#now.isSeen || this.#now.path === this.#real) {
      this.#now.seenBytes = this.#now.bytes;
      this.#isReplaced = false;
    }
    this.#now.isSeen ||= this.#now.path === this.#real;
  }

  async #read(client: Client | undefined): Promise<void> {
    for (;;) {
      const item = await client?.reader.read();
      if (client === undefined || item === undefined || item.kind === 'idle' || item.kind === 'ended') {
        return;
      }
      if (item.kind === 'gap') {
        assert.ok(this.#isLossy, `nothing is lost here, so nothing may be said to be: ${item.reason}`);
        client.got.push('gap');
      } else if (item.kind === 'lines') {
        const lines = item.bytes.toString().split('\n').slice(0, -1);
        assert.equal(lines.length, item.count);
        client.got.push(...lines.map((line) => Number(/\d+/.exec(line)?.[0])));
        client.nextSeq += item.count;
      }
    }
  }

  #check({ got, before, unknown, asked }: Client): void {
    const lines = got.filter((each) => each !== 'gap');
    const told = `${got.join(' ')} of ${this.#mayMiss.length}`;
    const isTwice = (line: number | 'gap', at: number) =>
      line !== 'gap' && got.indexOf(line) < at && !this.#mayDouble.has(line);
    assert.ok(!got.some(isTwice), `no line twice: ${told}`);
    this.#checkOrder(lines, told);
    const places = new Map(got.map((each, place) => [each, place] as const));
    for (let line = before; line < this.#mayMiss.length; line++) {
      if (!places.has(line) && !this.#unknowable.has(line) && !unknown.has(line)) {
        assert.ok(this.#mayMiss[line], `line ${line} is missing: ${told}`);
        assert.ok(this.#isInGap(line, got, places), `line ${line} is missing in silence: ${told}`);
      }
    }
    // Behind a gap comes what lies beside and was not seen before, however old it is.
    if (asked !== 'all' && !got.includes('gap')) {
      const earlier = lines.filter((line) => line < before && !this.#mayDouble.has(line));
      assert.ok(earlier.length <= asked, `${earlier.length} lines from before instead of ${asked}`);
    }
  }

  /** Lines of two files may come in any order, those of one may not. */
  #checkOrder(lines: readonly number[], told: string): void {
    const last = new Map<number | undefined, number>();
    for (const line of lines) {
      const stretch = this.#stretch[line];
      assert.ok(this.#mayDouble.has(line) || (last.get(stretch) ?? -1) < line, `line ${line} comes late: ${told}`);
      last.set(stretch, line);
    }
  }

  /** Whether a gap was told between what came before a line and what came after it. */
  #isInGap(line: number, got: Client['got'], places: ReadonlyMap<number | 'gap', number>): boolean {
    // Lines that the old file got late may come anywhere.
    const stretch = this.#stretch[line] as number;
    const given = [...places.keys()].filter((each) => each !== 'gap').sort((a, b) => a - b);
    const isNear = (each: number) => this.#stretch[each] === stretch || !(this.#isLate[each] || this.#isLate[line]);
    const before = given.findLast((each) => each < line && isNear(each));
    const after = given.find((each) => each > line && isNear(each));
    const one = before === undefined ? 0 : (places.get(before) as number);
    const other = after === undefined ? got.length : (places.get(after) as number);
    return got.slice(Math.min(one, other), Math.max(one, other) + 1).includes('gap');
  }

  #newSource(): FileSource {
    return new FileSource({
      id: 'app.log',
      path: this.#path,
      maxLineBytes: 1024 * 1024,
      clock: this.#clock,
      blocks: new BlockPool(READ_BLOCK_SIZES),
      // Looks come when the schedule says so: a seed plays the same each time.
      watch: () => ({
        events: 0,
        isReliable: false,
        update: async () => undefined,
        reads: () => undefined,
        dispose: () => undefined,
      }),
      folders: new WatchedFolders(),
      slowLooks: new SlowLooks(this.#clock),
    });
  }

  async #serve(): Promise<void> {
    await this.#source.start();
    this.#ticks++;
    this.#now.seenBytes = this.#now.bytes;
    this.#now.isSeen = true;
  }

  async #join(lines: number | 'all'): Promise<void> {
    const before = this.#mayMiss.length;
    const reader = await this.#source.open({ kind: 'last', lines });
    this.#ticks++;
    const { epoch, firstSeq } = reader;
    // While none is at the path the server does not know what came between: it gives that when one is.
    const asked = existsSync(this.#real) ? lines : 'all';
    this.#clients.push({ reader, epoch, nextSeq: firstSeq, got: [], before, unknown: new Set(), asked });
  }

  async #resume(client: Client | undefined): Promise<void> {
    if (!client) {
      return;
    }
    const { epoch, nextSeq } = client;
    const cursor = client.reader.cursor();
    client.reader.dispose();
    const position = { source: 'app.log', epoch, nextSeq, cursor };
    // Files of the folder that the link led to before are not found any more.
    this.#isLossy ||= this.#isMoved;
    if (/\|[^|]*;0-0;0-$/.test(cursor ?? '')) {
      // What an old file got that had been empty is told to be missing: nothing proves which it is.
      this.#mayLose([...this.#isLate.keys()].filter((line) => this.#isLate[line]));
    }
    const before = this.#mayMiss.length;
    client.reader = await this.#source.open({ kind: 'resume', position });
    this.#ticks++;
    if (this.#isLossy && UNPROVEN.test(cursor ?? '')) {
      // In front of the first byte it may be meant what the file held before it was cut, too.
      client.asked = 'all';
    }
    if (client.reader.epoch !== epoch) {
      // The place is lost, which a gap says. Who had read nothing yet has nothing to prove with.
      assert.ok(
        this.#isLossy || this.#isMoved || cursor === null || UNPROVEN.test(cursor),
        `the place of ${cursor} is lost`,
      );
      const first = await client.reader.read();
      assert.equal(first.kind, 'gap');
      Object.assign(client, { epoch: client.reader.epoch, nextSeq: client.reader.firstSeq, got: [], before });
      client.asked = 'all';
      return;
    }
    assert.equal(client.reader.firstSeq, nextSeq);
  }

  /** The server is killed and started again, whatever is still written to the old file. */
  async #restart(isRead: boolean, steps: readonly FileStep[]): Promise<void> {
    if (isRead) {
      for (const client of this.#clients) {
        await this.#read(client);
      }
    }
    this.#source.dispose();
    const isCostly = steps.some((each) => ['cut', 'copy and cut', 'forget', 'replace'].includes(each.do));
    // A cursor may name a file that was replaced: its copy beside the log is taken for that of a cut.
    this.#isLossy ||= isCostly || this.#isMoved || this.#wasReplaced;
    this.#isDown = true;
    this.#leaveOld();
    // What a client has not read of the files that the link led to before, whoever else has: only a server
    // that had them open could give it, and a new one says that it is missing.
    for (const { lines } of this.#behindLink) {
      this.#mayLose(lines);
    }
    this.#takeAll(steps);
    // A server that starts while no file is there does not know the one that was.
    this.#create();
    this.#leaveOld();
    // A client that stands where it stood before the file was replaced cannot prove that the copy is the same.
    for (const line of this.#unproven) {
      this.#mayDouble.add(line);
    }
    this.#source = this.#newSource();
    await this.#serve();
    this.#isDown = false;
    for (const client of this.#clients) {
      // What was cut of a file of which it had not read a line leaves no trace that a new server could find.
      const had = new Set(client.got.map((line) => line !== 'gap' && this.#stretch[line]));
      for (const line of this.#wasCut) {
        if (!had.has(this.#stretch[line] as number)) {
          client.unknown.add(line);
        }
      }
      await this.#resume(client);
    }
  }

  /** Nothing leads a new server to an old file that was deleted, or that lies in a folder which the link led to. */
  #leaveOld(): void {
    if (this.#oldWritten?.isDeleted || this.#oldWritten?.path.startsWith(this.#real) === false) {
      this.#closeOld();
      this.#mayLose(this.#oldWritten.lines);
    }
  }

  #mayLose(lines: readonly number[]): void {
    this.#isLossy = true;
    for (const line of lines) {
      this.#mayMiss[line] = true;
    }
  }

  #writeLate(count: number): void {
    const first = this.#mayMiss.length;
    this.#write(this.#old, this.#oldWritten, this.#oldStretch, count);
    if (this.#mayMiss.length > first) {
      this.#late.add(this.#oldStretch);
    }
    if (this.#isDown && this.#late.size > 1) {
      // A cursor names two files, and the log is one of them.
      const written = [...this.#mayMiss.keys()].slice(first);
      this.#mayLose(written);
      for (const line of written) {
        this.#unknowable.add(line);
      }
    }
  }

  #create(): void {
    if (existsSync(this.#real)) {
      return;
    }
    this.#closeOld();
    this.#old = this.#file;
    this.#oldWritten = this.#now;
    this.#oldStretch = this.#nowStretch;
    this.#file = openSync(this.#real, 'a');
    this.#changed(this.#file, 'made');
    this.#now = {
      path: this.#real,
      lines: [],
      bytes: 0,
      seenBytes: 0,
      isDeleted: false,
      isSeen: false,
    };
    this.#nowStretch = ++this.#stretches;
  }

  #rename(): void {
    const name = (number: number) => `${this.#real}.${number}`;
    if (this.#schedule.naming === 'number') {
      for (const [at, each] of [...this.#rotated.entries()].reverse()) {
        this.#move(each.path, name(at + 2));
        each.path = name(at + 2);
      }
    }
    const to = this.#schedule.naming === 'number' ? name(1) : name(20260101 + this.#rotations++);
    this.#move(this.#real, to);
    this.#now.path = to;
    this.#rotated.unshift(this.#now);
    this.#renamed = this.#now;
  }

  /** A longer copy takes the file's place; its service goes on in that. */
  #replace(lines: number): void {
    // One that is made after the file was replaced before may be a log of its own.
    if (this.#isReplaced) {
      for (const line of this.#now.lines) {
        this.#mayDouble.add(line);
      }
    }
    if (this.#now.seenBytes < EVIDENCE_BYTES) {
      this.#unproven.push(...this.#now.lines);
    }
    this.#isLossy ||= this.#isReplaced || this.#now.seenBytes < (this.#isDown ? EVIDENCE_BYTES : 1);
    this.#isReplaced = true;
    this.#wasReplaced = true;
    this.#now.isSeen = false;
    const temporary = join(this.#folder, '.app.log.x7F3');
    copyFileSync(this.#real, temporary);
    // While it is open, no other file gets its number.
    const replaced = openSync(this.#real, 'r');
    this.#kept.push(replaced);
    this.#close();
    this.#file = openSync(temporary, 'a');
    this.#changed(this.#file, 'made');
    this.#write(this.#file, this.#now, this.#nowStretch, lines);
    this.#move(temporary, this.#real);
    this.#changed(replaced, 'moved');
  }

  #copyAndCut(linesBetween: number): void {
    const copied = [...this.#now.lines];
    if (this.#isReplaced) {
      // The replaced file is read to its end by its handle, and this is not a copy of that one.
      for (const line of copied) {
        this.#mayDouble.add(line);
      }
    }
    this.#rename();
    const { path } = this.#now;
    this.#move(path, this.#real);
    copyFileSync(this.#real, path);
    this.#changed(path, 'made');
    this.#now.path = this.#real;
    this.#rotated[0] = { ...this.#now, path, lines: copied };
    this.#renamed = undefined;
    this.#write(this.#file, this.#now, this.#nowStretch, linesBetween);
    const isProven = this.#now.seenBytes >= EVIDENCE_BYTES;
    this.#mayLose(isProven ? this.#now.lines.filter((line) => !copied.includes(line)) : this.#now.lines);
    this.#cut();
  }

  #cut(): void {
    this.#isLossy = true;
    // What was put in place of the file since the last look, and cut, shows nothing of either.
    if (this.#now.seenBytes === 0 || this.#isReplaced) {
      for (const line of this.#now.lines) {
        this.#unknowable.add(line);
      }
    }
    for (const line of this.#now.lines) {
      this.#wasCut.add(line);
    }
    ftruncateSync(this.#file as number, 0);
    this.#changed(this.#file as number, 'written');
    Object.assign(this.#now, { lines: [], bytes: 0, seenBytes: 0 });
    this.#nowStretch = ++this.#stretches;
  }

  /** The rotator deletes the oldest file, as it does with the first beyond so many. */
  #forget(): void {
    const oldest = this.#rotated.pop();
    if (oldest) {
      this.#mayLose(oldest.lines);
      for (const line of oldest.isSeen ? [] : oldest.lines) {
        this.#unknowable.add(line);
      }
      oldest.isDeleted = true;
      // Without a successor it is read until it has been quiet for a while, which it may have been.
      oldest.isSeen &&= oldest !== this.#now;
      const removed = openSync(oldest.path, 'r');
      this.#kept.push(removed);
      rmSync(oldest.path);
      this.#changed(removed, 'moved');
      this.#renamed = this.#renamed === oldest ? undefined : this.#renamed;
    }
  }

  #link(): void {
    this.#targets++;
    mkdirSync(join(this.#folder, `${this.#targets}`));
    this.#real = join(this.#folder, `${this.#targets}`, 'app.log');
    const link = join(this.#folder, 'link');
    symlinkSync(this.#real, link);
    renameSync(link, this.#path);
  }

  #move(from: string, to: string): void {
    renameSync(from, to);
    this.#changed(to, 'moved');
  }

  /** Notes when something happened to a file, by its path or while it is open. */
  #changed(file: string | number, how: 'made' | 'written' | 'moved'): void {
    const status = typeof file === 'number' ? fstatSync(file, { bigint: true }) : statSync(file, { bigint: true });
    this.#ticks += this.#schedule.isCoarse ? 0n : 1n;
    const now = BigInt(this.#clock.wallTime()) * 1_000_000n + this.#ticks * TICK;
    const made = { bornAt: now, writtenAt: now, changedAt: now };
    const { bornAt, writtenAt } = this.#times.get(identityOf(status)) ?? made;
    this.#times.set(
      identityOf(status),
      how === 'made' ? made : { bornAt, writtenAt: how === 'written' ? now : writtenAt, changedAt: now },
    );
  }

  #closeOld(): void {
    if (this.#old !== undefined) {
      closeSync(this.#old);
      this.#old = undefined;
    }
  }

  #close(): void {
    if (this.#file !== undefined) {
      closeSync(this.#file);
      this.#file = undefined;
    }
  }

  #write(file: number | undefined, to: Written | undefined, stretch: number, count: number): void {
    for (let line = 0; file !== undefined && to !== undefined && line < count; line++) {
      const number = this.#mayMiss.length;
      const text = this.#schedule.isShort ? `line ${number}\n` : `line ${number} of a service that goes on and on\n`;
      this.#mayMiss.push(to.isDeleted);
      if (to.isDeleted && !to.isSeen) {
        this.#unknowable.add(number);
      }
      this.#stretch.push(stretch);
      this.#isLate.push(file === this.#old);
      writeSync(file, text);
      this.#changed(file, 'written');
      to.lines.push(number);
      to.bytes += text.length;
    }
  }
}
