import { relative, resolve } from 'node:path';
import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import { Emitter } from '../base/emitter';
import type { SourceState } from '../protocol/messages';
import { BlockPool } from './file/bytes/blockPool';
import { READ_BLOCK_SIZES } from './file/bytes/fileBlocks';
import { kindOf, ownDescriptor } from './file/fileKind';
import { FileSource } from './file/fileSource';
import { patternOf } from './file/matching/filePatterns';
import { MatchedFiles } from './file/matching/matchedFiles';
import { newLogs } from './file/matching/newLogs';
import { SlowLooks } from './file/watching/slowLooks';
import { WatchedFolders } from './file/watching/watchedFolders';
import type { LogSource } from './logSource';
import { createPipeSource, type PipeSource } from './ring/pipeSource';
import { SourceNames, sourceIdOf } from './sourceId';

/** How often patterns are matched again, ms. */
const RESCAN_MS = 2_000;

/** Files opened side by side at the start. */
const STARTED_AT_ONCE = 32;

/** A file to follow: its path, and what it is called. */
interface NamedFile {
  readonly id: string;
  /** Absolute. */
  readonly path: string;
}

/** A source that was named, as whoever starts the server needs to know it. */
export interface NamedSource {
  readonly state: SourceState;
  /** Why it waits or failed, as a sentence; '' while it is read. */
  readonly problem: string;
}

export interface SourceSetOptions {
  readonly clock: Clock;
  readonly maxLineBytes: number;
  /** Ring of a pipe. */
  readonly capacityBytes: number;
  /** Files that are followed at most: each takes a descriptor. */
  readonly mostFiles: number;
  /** Told once of each that is not served for that. */
  onLeftOut(paths: readonly string[]): void;
}

/** The sources of a server. Files that a pattern matches later join. */
export class SourceSet implements Disposable {
  readonly #options: SourceSetOptions;
  readonly #sources: LogSource[] = [];
  /** What clients call them. */
  readonly names = new SourceNames<LogSource>();
  readonly #blocks = new BlockPool(READ_BLOCK_SIZES);
  readonly #folders = new WatchedFolders();
  readonly #slowLooks: SlowLooks;
  readonly #paths = new Set<string>();
  /** Those that are not served for want of descriptors. */
  readonly #leftOut = new Set<string>();
  readonly #pipes: PipeSource[] = [];
  readonly #ids = new Set<string>();
  readonly #added = new Emitter<LogSource>();
  readonly onDidAdd = this.#added.event;
  #rescan: Disposable | undefined;
  #disposed = false;

  constructor(options: SourceSetOptions) {
    this.#options = options;
    this.#slowLooks = new SlowLooks(options.clock);
  }

  get all(): readonly LogSource[] {
    return this.#sources;
  }

  add(source: LogSource): void {
    this.#sources.push(source);
    this.names.add(source);
    this.#added.fire(source);
  }

  /**
   * Adds what the patterns name: a plain path at once, even if nothing is there yet; a named pipe, or what a
   * shell makes of `<(command)`, as a stream.
   */
  async addFiles(patterns: readonly string[]): Promise<readonly NamedSource[]> {
    const dynamic: string[] = [];
    const named: NamedFile[] = [];
    for (const pattern of patterns) {
      const matched = await patternOf(pattern);
      if (matched !== undefined) {
        dynamic.push(matched);
      } else {
        named.push({ id: pattern, path: resolve(pattern) });
      }
    }
    const added = await this.#addNamed(named);
    if (dynamic.length > 0) {
      const matched = new MatchedFiles(dynamic, { clock: this.#options.clock, folders: this.#folders });
      added.push(...(await this.#match(matched)));
      this.#scheduleRescan(matched);
    }
    return added;
  }

  dispose(): void {
    this.#disposed = true;
    this.#rescan?.dispose();
    for (const source of this.#sources) {
      source.dispose();
    }
    for (const pipe of this.#pipes) {
      pipe.dispose();
    }
    this.#folders.dispose();
    this.#added.dispose();
  }

  /** No two sources share an id, even where a file was given the very name that stands for another's long one. */
  #freeId(named: string): string {
    let id = sourceIdOf(named);
    while (this.#ids.has(id)) {
      id = sourceIdOf(`${id}\0${named}`);
    }
    this.#ids.add(id);
    return id;
  }

  /** Begins to follow files, or to read streams, and adds them in their order. */
  async #addNamed(files: readonly NamedFile[]): Promise<NamedSource[]> {
    const news = [...new Map(files.map((file) => [file.path, file])).values()].filter(
      ({ path }) => !this.#paths.has(path),
    );
    const room = Math.max(0, this.#options.mostFiles - this.#paths.size);
    const added: NamedSource[] = [];
    for (let at = 0; at < Math.min(news.length, room); at += STARTED_AT_ONCE) {
      const batch = news.slice(at, Math.min(at + STARTED_AT_ONCE, room));
      for (const { path } of batch) {
        this.#paths.add(path);
      }
      for (const { source, added: one } of await Promise.all(
        batch.map(({ id, path }) => this.#start({ id: this.#freeId(id), path })),
      )) {
        if (this.#disposed) {
          source.dispose();
        } else {
          this.add(source);
          added.push(one);
        }
      }
    }
    const leftOut = news.slice(room).filter(({ path }) => !this.#leftOut.has(path));
    if (leftOut.length > 0) {
      for (const { path } of leftOut) {
        this.#leftOut.add(path);
      }
      this.#options.onLeftOut(leftOut.map(({ path }) => path));
    }
    return added;
  }

  /** Begins to read what a path names. */
  async #start(file: NamedFile): Promise<{ readonly source: LogSource; readonly added: NamedSource }> {
    const { clock, maxLineBytes, capacityBytes } = this.#options;
    const isStream =
      ownDescriptor(file.path) !== undefined || (await kindOf(file.path).catch(() => undefined)) === 'pipe';
    if (isStream) {
      const pipe = createPipeSource({ ...file, clock, maxLineBytes, capacityBytes, slowLooks: this.#slowLooks });
      this.#pipes.push(pipe);
      await pipe.start();
      return { source: pipe.source, added: pipe };
    }
    const source = new FileSource({
      ...file,
      maxLineBytes,
      clock,
      blocks: this.#blocks,
      folders: this.#folders,
      slowLooks: this.#slowLooks,
    });
    await source.start();
    return { source, added: source };
  }

  async #match(matched: MatchedFiles): Promise<NamedSource[]> {
    const found = await matched.list();
    const hasRoom = this.#paths.size < this.#options.mostFiles;
    const isWanted = (path: string) => !this.#paths.has(path) && (hasRoom || !this.#leftOut.has(path));
    const logs = await newLogs(found, { paths: this.#paths, sources: this.#sources }, isWanted);
    return this.#addNamed(logs.map((path) => ({ id: shortest(path), path: resolve(path) })));
  }

  #scheduleRescan(matched: MatchedFiles): void {
    this.#rescan = this.#options.clock.schedule(RESCAN_MS, () => {
      this.#match(matched)
        .catch(() => undefined) // A folder that cannot be read now may be readable at the next look.
        .finally(() => {
          if (!this.#disposed) {
            this.#scheduleRescan(matched);
          }
        });
    });
  }
}

/** A path as a person would write it here: relative where it lies below the working folder. */
function shortest(path: string): string {
  const local = relative(process.cwd(), path);
  return local === '' || local.startsWith('..') ? resolve(path) : local;
}
