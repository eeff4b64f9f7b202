import { stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import { Emitter } from '../base/emitter';
import { filesMatching, patternOf } from './filePatterns';
import { BlockPool } from './sources/blockPool';
import { READ_BLOCK_SIZES } from './sources/fileBlocks';
import { identityOf } from './sources/fileIdentity';
import { FileSource } from './sources/fileSource';
import { COMPRESSED, namesRotatedTo } from './sources/rotationNames';
import { SlowLooks } from './sources/slowLooks';
import type { LogSource } from './sources/source';
import { WatchedFolders } from './sources/watchedFolders';

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

/** The sources of a server. Files that a pattern matches later join. */
export class SourceSet implements Disposable {
  readonly #clock: Clock;
  readonly #maxLineBytes: number;
  readonly #sources: LogSource[] = [];
  readonly #blocks = new BlockPool(READ_BLOCK_SIZES);
  readonly #folders = new WatchedFolders();
  readonly #slowLooks: SlowLooks;
  readonly #paths = new Set<string>();
  readonly #added = new Emitter<LogSource>();
  readonly onDidAdd = this.#added.event;
  #rescan: Disposable | undefined;
  #disposed = false;

  constructor(clock: Clock, maxLineBytes: number) {
    this.#clock = clock;
    this.#maxLineBytes = maxLineBytes;
    this.#slowLooks = new SlowLooks(clock);
  }

  get all(): readonly LogSource[] {
    return this.#sources;
  }

  add(source: LogSource): void {
    this.#sources.push(source);
    this.#added.fire(source);
  }

  /** Adds what the patterns name: a plain path at once, even if nothing is there yet. */
  async addFiles(patterns: readonly string[]): Promise<readonly FileSource[]> {
    const dynamic: string[] = [];
    const named: NamedFile[] = [];
    for (const pattern of patterns) {
      const matched = patternOf(pattern);
      if (matched !== undefined) {
        dynamic.push(matched);
      } else {
        named.push({ id: pattern, path: resolve(pattern) });
      }
    }
    const added = await this.#addFiles(named);
    if (dynamic.length > 0) {
      added.push(...(await this.#match(dynamic)));
      this.#scheduleRescan(dynamic);
    }
    return added;
  }

  dispose(): void {
    this.#disposed = true;
    this.#rescan?.dispose();
    for (const source of this.#sources) {
      source.dispose();
    }
    this.#folders.dispose();
    this.#added.dispose();
  }

  /** Begins to follow files, and adds them in their order. */
  async #addFiles(files: readonly NamedFile[]): Promise<FileSource[]> {
    const added: FileSource[] = [];
    for (let at = 0; at < files.length; at += STARTED_AT_ONCE) {
      const sources = files.slice(at, at + STARTED_AT_ONCE).flatMap((file) => this.#create(file) ?? []);
      await Promise.all(sources.map((source) => source.start()));
      for (const source of sources) {
        if (this.#disposed) {
          source.dispose();
        } else {
          this.add(source);
          added.push(source);
        }
      }
    }
    return added;
  }

  /** A source for a file, unless there is one. */
  #create({ id, path }: NamedFile): FileSource | undefined {
    if (this.#paths.has(path)) {
      return undefined;
    }
    this.#paths.add(path);
    return new FileSource({
      id,
      path,
      maxLineBytes: this.#maxLineBytes,
      clock: this.#clock,
      blocks: this.#blocks,
      folders: this.#folders,
      slowLooks: this.#slowLooks,
    });
  }

  async #match(patterns: readonly string[]): Promise<FileSource[]> {
    const found = await filesMatching(patterns);
    const news = found.filter((path) => !this.#paths.has(resolve(path)));
    if (news.length === 0) {
      return [];
    }
    // Rotated and compressed files are no logs of their own.
    const logs = new Set([...found.filter((path) => !COMPRESSED.test(path)), ...this.#paths]);
    const added = news.filter((path) => logs.has(path) && !isRotationOfAny(path, logs)).sort();
    const fresh = await this.#notRotated(added);
    return this.#addFiles(fresh.map((path) => ({ id: shortest(path), path: resolve(path) })));
  }

  /** Those whose new name is not only that of a file followed already, just rotated: its lines have been told. */
  async #notRotated(paths: readonly string[]): Promise<readonly string[]> {
    if (paths.length === 0) {
      return [];
    }
    const holders = new Map<string, FileSource[]>();
    for (const source of this.#sources) {
      for (const file of source instanceof FileSource ? source.filesHeld : []) {
        holders.set(file, [...(holders.get(file) ?? []), source as FileSource]);
      }
    }
    const fresh = new Map<string, string>();
    for (const path of paths) {
      const found = await stat(path, { bigint: true }).catch(() => undefined);
      const file = found ? identityOf(found) : path;
      const held = await Promise.all((holders.get(file) ?? []).map((source) => source.holds(path)));
      // Of several names of one file, one is enough.
      if (!held.includes(true) && !fresh.has(file)) {
        fresh.set(file, path);
      }
    }
    return [...fresh.values()];
  }

  #scheduleRescan(patterns: readonly string[]): void {
    this.#rescan = this.#clock.schedule(RESCAN_MS, () => {
      this.#match(patterns)
        .catch(() => undefined) // A folder that cannot be read now may be readable at the next look.
        .finally(() => {
          if (!this.#disposed) {
            this.#scheduleRescan(patterns);
          }
        });
    });
  }
}

/** Whether a file is a rotation of one of the others, whose lines were told under that one's name. */
function isRotationOfAny(path: string, others: ReadonlySet<string>): boolean {
  return namesRotatedTo(basename(path)).some((name) => others.has(join(dirname(path), name)));
}

/** A path as a person would write it here: relative where it lies below the working folder. */
function shortest(path: string): string {
  const local = relative(process.cwd(), path);
  return local === '' || local.startsWith('..') ? resolve(path) : local;
}
