import assert from 'node:assert/strict';
import {
  closeSync,
  copyFileSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { BlockPool } from '../../src/server/sources/blockPool';
import { READ_BLOCK_SIZES } from '../../src/server/sources/fileBlocks';
import { FileSource } from '../../src/server/sources/fileSource';
import { SlowLooks } from '../../src/server/sources/slowLooks';
import type { SourceReader } from '../../src/server/sources/source';
import { WatchedFolders } from '../../src/server/sources/watchedFolders';
import { FakeClock } from './fakeClock';
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
    steps: fc.array(step, { minLength: 5, maxLength: most }),
  }) as fc.Arbitrary<Schedule>;
}

/** Plays a schedule on real files; throws where a line is lost or doubled and nobody was told. */
export async function playSchedule(schedule: Schedule): Promise<void> {
  const folder = await createTemporaryDirectory('followed');
  try {
    const scene = new Scene(folder.path, schedule);
    await scene.start();
    for (const each of schedule.steps) {
      await scene.take(each);
    }
    await scene.finish();
  } finally {
    await folder.remove();
  }
}

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
  /** It was empty when it was rotated, and got something then. */
  isOnlyLate: boolean;
  /** The server has looked while it was the log. */
  isSeen: boolean;
  /** Replaced before enough of it had been read to know it again. */
  isVague: boolean;
}

interface Client {
  reader: SourceReader;
  epoch: string;
  nextSeq: number;
  /** Numbers of lines, and gaps as they were told. */
  got: (number | 'gap')[];
  /** Lines that were there before it came. */
  before: number;
  /** Lines before this one may be cut away without a trace. */
  unknowable: number;
  asked: number | 'all';
}

class Scene {
  readonly #folder: string;
  readonly #path: string;
  /** Where the file lies: the path, or where the link leads. */
  #real: string;
  readonly #schedule: Schedule;
  readonly #clock = new FakeClock();
  readonly #clients: Client[] = [];
  /** By the number of each line, whether it was written behind what may be lost. */
  readonly #mayMiss: boolean[] = [];
  /** Lines that nobody can know of: written to a file that was empty at the last look, and cut away before the next. */
  readonly #unknowable = new Set<number>();
  /** Which stretch of which file each line was written to: within one the order stays. */
  readonly #stretch: number[] = [];
  /** Which lines were written to a file that was rotated already. */
  readonly #isLate: boolean[] = [];
  #source!: FileSource;
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
  /** The stretch that is written although its file was rotated. */
  #late: number | undefined;
  /** Lines of files that were empty when they were rotated. */
  readonly #lateOfEmpty: number[] = [];
  #isDown = false;
  readonly #kept: number[] = [];
  /** Something has happened that may cost lines, and be told with a gap. */
  #isLossy = false;
  /** A file was replaced of which too little had been read to know it again: that may cost any line. */
  #isVague = false;
  #isReplaced = false;
  #wasReplaced = false;
  /** The link was moved: a server that is started then finds none of the files it led to before. */
  #isMoved = false;

  constructor(folder: string, schedule: Schedule) {
    this.#folder = folder;
    this.#schedule = schedule;
    this.#path = join(folder, 'app.log');
    this.#real = this.#path;
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
        this.#late = undefined;
        this.#now.isSeen &&= !this.#now.isDeleted;
        this.#clock.advance(31_000);
        await this.#look();
        break;
      case 'switch the link':
        if (this.#schedule.isLink && existsSync(this.#real)) {
          // What lay behind the link for less than one look is never seen.
          await this.#look();
          this.#isMoved = true;
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
      client.reader.dispose();
    }
    this.#source.dispose();
    this.#closeOld();
    this.#close();
    for (const file of this.#kept) {
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
          this.#oldWritten.isVague = true;
        }
        // A cursor names two files: one is written late at a time.
        this.#late ??= this.#oldStretch;
        if (this.#late === this.#oldStretch) {
          this.#write(this.#old, this.#oldWritten, this.#oldStretch, step.lines);
        }
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
    this.#now.seenBytes = this.#now.bytes;
    this.#isReplaced = false;
    this.#now.isSeen ||= this.#now.path === this.#real;
    this.#now.isVague &&= this.#now.path !== this.#real;
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

  #check({ got, before, unknowable, asked }: Client): void {
    const lines = got.filter((each) => each !== 'gap');
    const told = `${got.join(' ')} of ${this.#mayMiss.length}`;
    // What was replaced by a copy before enough of it was read to know it again may come twice.
    const isTwice = (line: number | 'gap', at: number) => line !== 'gap' && got.indexOf(line) < at && !this.#isVague;
    assert.ok(!got.some(isTwice), `no line twice: ${told}`);
    this.#checkOrder(lines, told);
    const places = new Map(got.map((each, place) => [each, place] as const));
    for (let line = before; line < this.#mayMiss.length; line++) {
      if (!places.has(line) && !this.#unknowable.has(line) && line >= unknowable) {
        assert.ok(this.#mayMiss[line] || this.#isVague, `line ${line} is missing: ${told}`);
        assert.ok(this.#isInGap(line, got, places), `line ${line} is missing in silence: ${told}`);
      }
    }
    // Behind a gap comes what lies beside and was not seen before, however old it is.
    if (asked !== 'all' && !this.#isVague && !got.includes('gap')) {
      const earlier = lines.filter((line) => line < before);
      assert.ok(earlier.length <= asked, `${earlier.length} lines from before instead of ${asked}`);
    }
  }

  /** Lines of two files may come in any order, those of one may not. */
  #checkOrder(lines: readonly number[], told: string): void {
    const last = new Map<number | undefined, number>();
    for (const line of lines) {
      const stretch = this.#stretch[line];
      assert.ok(this.#isVague || (last.get(stretch) ?? -1) < line, `line ${line} comes late: ${told}`);
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

  async #serve(): Promise<void> {
    this.#source = new FileSource({
      id: 'app.log',
      path: this.#path,
      maxLineBytes: 1024 * 1024,
      clock: this.#clock,
      blocks: new BlockPool(READ_BLOCK_SIZES),
      folders: new WatchedFolders(),
      slowLooks: new SlowLooks(this.#clock),
    });
    await this.#source.start();
    this.#now.seenBytes = this.#now.bytes;
    this.#now.isSeen = true;
  }

  async #join(lines: number | 'all'): Promise<void> {
    const before = this.#mayMiss.length;
    const reader = await this.#source.open({ kind: 'last', lines });
    const { epoch, firstSeq } = reader;
    // While none is at the path the server does not know what came between: it gives that when one is.
    const asked = existsSync(this.#real) ? lines : 'all';
    this.#clients.push({ reader, epoch, nextSeq: firstSeq, got: [], before, unknowable: 0, asked });
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
    this.#takeAll(steps);
    // A server that starts while no file is there does not know the one that was.
    this.#create();
    if (this.#oldWritten?.isDeleted || this.#oldWritten?.path.startsWith(this.#real) === false) {
      // Nothing leads a new server to it.
      this.#closeOld();
      this.#mayLose(this.#oldWritten.lines);
      for (const line of this.#oldWritten.lines) {
        this.#unknowable.add(line);
      }
    }
    await this.#serve();
    this.#isDown = false;
    // No cursor names a file that was empty in a way that another server knows again.
    if (this.#lateOfEmpty.length > 0) {
      this.#mayLose(this.#lateOfEmpty);
      for (const line of this.#lateOfEmpty) {
        this.#unknowable.add(line);
      }
    }
    for (const client of this.#clients) {
      if (this.#schedule.rotator === 'copies') {
        // Who stands in a copy of long ago does not know that the later ones are copies, too.
        client.unknowable = this.#mayMiss.length;
      }
      if (this.#isLossy && !isRead) {
        // What was cut of a file that its cursor does not name leaves no trace for a new server.
        client.unknowable = this.#mayMiss.length;
      }
      if (this.#isLossy && UNPROVEN.test(client.reader.cursor() ?? '')) {
        // It had not read a byte, and numbers of files are given again: any file is the one to it.
        client.unknowable = this.#mayMiss.length;
      }
      await this.#resume(client);
    }
  }

  #mayLose(lines: readonly number[]): void {
    this.#isLossy = true;
    for (const line of lines) {
      this.#mayMiss[line] = true;
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
    this.#now = {
      path: this.#real,
      lines: [],
      bytes: 0,
      seenBytes: 0,
      isDeleted: false,
      isOnlyLate: false,
      isSeen: false,
      isVague: false,
    };
    this.#nowStretch = ++this.#stretches;
  }

  #rename(): void {
    const name = (number: number) => `${this.#real}.${number}`;
    if (this.#schedule.naming === 'number') {
      for (const [at, each] of [...this.#rotated.entries()].reverse()) {
        renameSync(each.path, name(at + 2));
        each.path = name(at + 2);
      }
    }
    const to = this.#schedule.naming === 'number' ? name(1) : name(20260101 + this.#rotations++);
    renameSync(this.#real, to);
    this.#now.path = to;
    this.#rotated.unshift(this.#now);
    this.#renamed = this.#now;
  }

  /** A longer copy takes the file's place; its service goes on in that. */
  #replace(lines: number): void {
    // One that is made after the file was replaced before may be a log of its own.
    this.#isVague ||= this.#now.seenBytes < EVIDENCE_BYTES || this.#isReplaced;
    this.#isLossy ||= this.#isVague;
    this.#isReplaced = true;
    this.#wasReplaced = true;
    this.#now.isSeen = false;
    this.#now.isVague ||= this.#isVague;
    const temporary = join(this.#folder, '.app.log.x7F3');
    copyFileSync(this.#real, temporary);
    // While it is open, no other file gets its number.
    this.#kept.push(openSync(this.#real, 'r'));
    this.#close();
    this.#file = openSync(temporary, 'a');
    this.#write(this.#file, this.#now, this.#nowStretch, lines);
    renameSync(temporary, this.#real);
  }

  #copyAndCut(linesBetween: number): void {
    const copied = [...this.#now.lines];
    this.#rename();
    const { path } = this.#now;
    renameSync(path, this.#real);
    copyFileSync(this.#real, path);
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
    ftruncateSync(this.#file as number, 0);
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
      this.#kept.push(openSync(oldest.path, 'r'));
      rmSync(oldest.path);
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
      if (to.isVague || (to.isDeleted && (!to.isSeen || this.#isDown))) {
        this.#unknowable.add(number);
      }
      this.#stretch.push(stretch);
      this.#isLate.push(file === this.#old);
      to.isOnlyLate ||= file === this.#old && to.bytes === 0;
      if (to.isOnlyLate) {
        this.#lateOfEmpty.push(number);
      }
      writeSync(file, text);
      to.lines.push(number);
      to.bytes += text.length;
    }
  }
}
