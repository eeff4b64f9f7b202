import assert from 'node:assert/strict';
import { closeSync, existsSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { BlockPool } from '../../../../src/server/sources/blockPool';
import { READ_BLOCK_SIZES } from '../../../../src/server/sources/fileBlocks';
import { FileSource } from '../../../../src/server/sources/fileSource';
import type { SourceReader, StartingPoint } from '../../../../src/server/sources/source';
import { FakeClock } from '../../../support/fakeClock';
import { createTemporaryDirectory } from '../../../support/temporaryDirectory';

/** What a service, a rotator, a server and its clients may do, in any order. */
type Step =
  | { readonly do: 'write' | 'write to the old file'; readonly lines: number }
  | { readonly do: 'rename' | 'create' | 'move back' | 'look' | 'quiet' | 'restart' }
  | { readonly do: 'join'; readonly lines: number | 'all' }
  | { readonly do: 'read' | 'resume'; readonly client: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('write' as const), lines: fc.integer({ min: 1, max: 4 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('write to the old file' as const), lines: fc.integer({ min: 1, max: 2 }) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom('rename', 'create', 'create', 'move back', 'look', 'look', 'quiet', 'restart'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('join' as const),
      lines: fc.oneof(fc.constant('all' as const), fc.integer({ min: 0, max: 5 })),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('read', 'resume'), client: fc.integer({ min: 0, max: 3 }) }),
  },
) as fc.Arbitrary<Step>;

interface Client {
  reader: SourceReader;
  epoch: string;
  nextSeq: number;
  readonly lines: string[];
  /** Lines that were there before it came. */
  readonly before: ReadonlySet<string>;
  readonly asked: number | 'all';
}

/** A service that writes to a file, a rotator that renames it, a server, and clients of it. */
class Scene {
  readonly #folder: string;
  readonly #path: string;
  readonly #clock = new FakeClock();
  readonly clients: Client[] = [];
  /** Every line that was written, in order. */
  readonly written: string[] = [];
  #source!: FileSource;
  #file: number | undefined;
  #old: number | undefined;
  #renamed: string | undefined;
  #rotations = 0;

  constructor(folder: string) {
    this.#folder = folder;
    this.#path = join(folder, 'app.log');
  }

  async start(): Promise<void> {
    this.#create();
    this.#source = await this.#serve();
  }

  async take(step: Step): Promise<void> {
    switch (step.do) {
      case 'write':
        this.#write(this.#file, step.lines);
        break;
      case 'write to the old file':
        this.#write(this.#old, step.lines);
        break;
      case 'rename':
        if (existsSync(this.#path)) {
          // A file that is there for less than one look is never seen.
          await this.#source.check();
          this.#renamed = join(this.#folder, `app.log.${20260101 + this.#rotations++}`);
          renameSync(this.#path, this.#renamed);
        }
        break;
      case 'create':
        if (!existsSync(this.#path)) {
          this.#create();
        }
        break;
      case 'move back':
        if (this.#renamed !== undefined && !existsSync(this.#path)) {
          renameSync(this.#renamed, this.#path);
          this.#renamed = undefined;
        }
        break;
      case 'look':
        await this.#source.check();
        break;
      case 'quiet':
        // The old file is given up after half a minute: nobody may write to it any more.
        await this.#source.check();
        this.#closeOld();
        this.#clock.advance(31_000);
        await this.#source.check();
        break;
      case 'join':
        if (this.clients.length < 4) {
          await this.#join(step.lines);
        }
        break;
      case 'read':
        await this.read(this.clients[step.client]);
        break;
      case 'resume':
        await this.#resume(this.clients[step.client]);
        break;
      case 'restart':
        if (existsSync(this.#path)) {
          await this.#restart();
        }
        break;
    }
  }

  async finish(): Promise<void> {
    await this.#source.check();
    for (const client of this.clients) {
      await this.read(client);
      this.#check(client);
      client.reader.dispose();
    }
    this.#source.dispose();
    this.#closeOld();
    closeSync(this.#file as number);
  }

  async read(client: Client | undefined): Promise<void> {
    for (;;) {
      const item = await client?.reader.read();
      if (item === undefined || item.kind === 'idle' || item.kind === 'ended') {
        return;
      }
      assert.notEqual(item.kind, 'gap', 'nothing is lost here, so nothing may be said to be');
      if (client && item.kind === 'lines') {
        const lines = item.bytes.toString().split('\n').slice(0, -1);
        assert.equal(lines.length, item.count);
        client.lines.push(...lines);
        client.nextSeq += item.count;
      }
    }
  }

  #check({ lines, before, asked }: Client): void {
    assert.deepEqual([...new Set(lines)], lines, 'no line twice');
    const got = new Set(lines);
    const missing = this.written.filter((line) => !got.has(line) && !before.has(line));
    assert.deepEqual(missing, [], 'no line missing');
    if (asked === 'all') {
      return;
    }
    const earlier = lines.filter((line) => before.has(line));
    assert.ok(earlier.length <= asked, `${earlier.length} lines from before instead of ${asked}`);
  }

  async #serve(): Promise<FileSource> {
    const source = new FileSource({
      id: 'app.log',
      path: this.#path,
      maxLineBytes: 1024 * 1024,
      clock: this.#clock,
      blocks: new BlockPool(READ_BLOCK_SIZES),
    });
    await source.start();
    return source;
  }

  async #join(lines: number | 'all'): Promise<void> {
    const before = new Set(this.written);
    const reader = await this.#source.open({ kind: 'last', lines });
    this.clients.push({
      reader,
      epoch: reader.epoch,
      nextSeq: reader.firstSeq,
      lines: [],
      before,
      asked: lines,
    });
  }

  async #resume(client: Client | undefined): Promise<void> {
    if (client) {
      const { epoch, nextSeq } = client;
      const cursor = client.reader.cursor();
      client.reader.dispose();
      const start: StartingPoint = { kind: 'resume', position: { source: 'app.log', epoch, nextSeq, cursor } };
      client.reader = await this.#source.open(start);
      assert.equal(client.reader.firstSeq, nextSeq);
    }
  }

  /** The server is killed and started again, whatever is still written to the old file. */
  async #restart(): Promise<void> {
    for (const client of this.clients) {
      await this.read(client);
    }
    this.#source.dispose();
    this.#source = await this.#serve();
    for (const client of this.clients) {
      await this.#resume(client);
    }
  }

  #create(): void {
    this.#closeOld();
    this.#old = this.#file;
    this.#file = openSync(this.#path, 'a');
  }

  #closeOld(): void {
    if (this.#old !== undefined) {
      closeSync(this.#old);
      this.#old = undefined;
    }
  }

  #write(file: number | undefined, count: number): void {
    for (let line = 0; file !== undefined && line < count; line++) {
      const text = `line ${this.written.length}`;
      this.written.push(text);
      writeSync(file, `${text}\n`);
    }
  }
}

describe('a followed file', () => {
  it('gives every client each line once, whatever the order of writing, rotating, joining and resuming', async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const folder = await createTemporaryDirectory('followed');
        try {
          const scene = new Scene(folder.path);
          await scene.start();
          for (const each of steps) {
            await scene.take(each);
          }
          await scene.finish();
        } finally {
          await folder.remove();
        }
      }),
      { numRuns: 400 },
    );
  });
});
