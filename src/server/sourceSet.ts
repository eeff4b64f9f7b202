import { basename, dirname, relative, resolve } from 'node:path';
import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import { Emitter } from '../base/emitter';
import { filesMatching, patternOf } from './filePatterns';
import { sourceIdOf } from './sourceId';
import { BlockPool } from './sources/blockPool';
import { READ_BLOCK_SIZES } from './sources/fileBlocks';
import { FileSource } from './sources/fileSource';
import { COMPRESSED, isRotationBehind } from './sources/rotatedFiles';
import type { LogSource } from './sources/source';

/** How often patterns are matched again, ms. */
const RESCAN_MS = 2_000;

/** The sources of a server. Files that a pattern matches later join. */
export class SourceSet implements Disposable {
  readonly #clock: Clock;
  readonly #maxLineBytes: number;
  readonly #sources: LogSource[] = [];
  readonly #blocks = new BlockPool(READ_BLOCK_SIZES);
  readonly #paths = new Set<string>();
  readonly #ids = new Set<string>();
  readonly #added = new Emitter<LogSource>();
  readonly onDidAdd = this.#added.event;
  #rescan: Disposable | undefined;
  #disposed = false;

  constructor(clock: Clock, maxLineBytes: number) {
    this.#clock = clock;
    this.#maxLineBytes = maxLineBytes;
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
    const added: FileSource[] = [];
    const dynamic: string[] = [];
    for (const pattern of patterns) {
      const matched = patternOf(pattern);
      if (matched !== undefined) {
        dynamic.push(matched);
      } else {
        const source = await this.#addFile(pattern, resolve(pattern));
        if (source) {
          added.push(source);
        }
      }
    }
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
    this.#added.dispose();
  }

  /** `named`: the path as a person would write it. */
  async #addFile(named: string, path: string): Promise<FileSource | undefined> {
    if (this.#paths.has(path)) {
      return undefined;
    }
    this.#paths.add(path);
    const source = new FileSource({
      id: this.#freeId(named),
      path,
      maxLineBytes: this.#maxLineBytes,
      clock: this.#clock,
      blocks: this.#blocks,
    });
    await source.start();
    if (this.#disposed) {
      source.dispose();
      return undefined;
    }
    this.add(source);
    return source;
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

  async #match(patterns: readonly string[]): Promise<FileSource[]> {
    const added: FileSource[] = [];
    const found = await filesMatching(patterns);
    // Rotated and compressed files are no logs of their own.
    const files = found.filter((path) => !COMPRESSED.test(path)).sort();
    const logs = [...files, ...this.#paths];
    for (const path of files) {
      if (!isRotationOfAny(path, logs) && !(await this.#isRotated(path))) {
        const source = await this.#addFile(shortest(path), resolve(path));
        if (source) {
          added.push(source);
        }
      }
    }
    return added;
  }

  /** Whether a new name is only that of a file followed already, just rotated: its lines have been told. */
  async #isRotated(path: string): Promise<boolean> {
    if (this.#paths.has(resolve(path))) {
      return false;
    }
    for (const source of this.#sources) {
      if (source instanceof FileSource && (await source.holds(path))) {
        return true;
      }
    }
    return false;
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
function isRotationOfAny(path: string, others: readonly string[]): boolean {
  return others.some((other) => dirname(other) === dirname(path) && isRotationBehind(basename(path), basename(other)));
}

/** A path as a person would write it here: relative where it lies below the working folder. */
function shortest(path: string): string {
  const local = relative(process.cwd(), path);
  return local === '' || local.startsWith('..') ? resolve(path) : local;
}
