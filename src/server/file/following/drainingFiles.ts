import type { StatusTimes } from '../bytes/fileIdentity';
import type { LogFileHandle } from '../bytes/logFileHandle';
import type { KnownFiles } from '../rotation/knownFiles';
import type { OlderPiece } from '../rotation/olderPieces';
import { logPaths, openRecentRotations } from '../rotation/rotatedFiles';
import type { FollowedPath, JournalWriter } from './journalWriter';

/** A renamed file that has not grown for so long is not read any more. */
const DRAIN_MS = 30_000;

/** A file that is not at the path any more. */
export interface Left {
  readonly generation: LogFileHandle;
  /** Where it is not open any more. */
  readonly times?: StatusTimes;
}

interface Draining {
  readonly generation: LogFileHandle;
  quietSince: number;
}

/** Gives what a file is that was cut; takes over the reference to it as it was. */
type ReadAnew = (cut: LogFileHandle) => Promise<LogFileHandle>;

/**
 * The files that are not at the path any more, and may still be written: each is read until it is quiet, since a
 * service learns of a rotation late.
 */
export class DrainingFiles {
  readonly #options: FollowedPath;
  readonly #writer: JournalWriter;
  readonly #known: KnownFiles;
  #draining: Draining[] = [];
  #left: Left | undefined;
  readonly #fromBefore = new WeakSet<LogFileHandle>();

  constructor(options: FollowedPath, writer: JournalWriter, known: KnownFiles) {
    this.#options = options;
    this.#writer = writer;
    this.#known = known;
  }

  get isEmpty(): boolean {
    return this.#draining.length === 0;
  }

  /** The newest last. */
  get generations(): readonly LogFileHandle[] {
    return this.#draining.map(({ generation }) => generation);
  }

  /** The file that was at the path last, once none is any more. */
  get left(): Left | undefined {
    return this.#left;
  }

  /** The one of this device and inode: it may be back at its path, moved away for a moment. */
  find(file: string): LogFileHandle | undefined {
    return this.#draining.find(({ generation }) => generation.file === file)?.generation;
  }

  /** Whether a file was rotated before the server's time: the journal has only what it got since. */
  isFromBefore(generation: LogFileHandle): boolean {
    return this.#fromBefore.has(generation);
  }

  /**
   * The server may have been started between a rotation and the service's opening of the new file.
   * @param isStopped nothing is looked at any more.
   */
  async addRotated(current: LogFileHandle | undefined, isStopped: () => boolean): Promise<void> {
    const { path, maxLineBytes, clock } = this.#options;
    const since = clock.wallTime() - DRAIN_MS;
    const isNew = current === undefined || (await current.times()).bornAt >= since * 1e6;
    const logs = await logPaths(path);
    for (const generation of await openRecentRotations(logs, since, isNew, maxLineBytes)) {
      const isReadable = await generation.skipExisting().then(
        () => true,
        () => false,
      );
      if (isReadable && generation.file !== current?.file && !isStopped()) {
        // Clients name their place in it, too, in case that the server is started once more.
        this.#writer.journal.extend(generation, generation.tip, generation.tip);
        this.#fromBefore.add(generation);
        this.#known.add(generation);
        this.add(generation);
      } else {
        generation.release();
      }
    }
  }

  /** Drains a file from now on; takes over the reference to it. `quietMs`: it has not grown for so long. */
  add(generation: LogFileHandle, quietMs = 0): void {
    this.#draining.push({ generation, quietSince: this.#options.clock.now() - quietMs });
  }

  /** The path leads elsewhere: the file that was followed is drained for a while. */
  retire(current: LogFileHandle): void {
    this.add(current);
    this.#known.add(current);
    this.#left = { generation: current };
  }

  /** A file is followed again, and not drained any more: who calls has the reference to it. */
  takeBack(generation: LogFileHandle): void {
    this.#draining = this.#draining.filter((old) => old.generation !== generation);
  }

  /** The file at the path was given up: what comes next comes after no file that is known. */
  forgetLeft(): void {
    this.#left = undefined;
  }

  /** A file is at the path again: the service of the one before learns of it only now. */
  successorFound(): void {
    const old = this.#draining.at(-1);
    if (old) {
      old.quietSince = this.#options.clock.now();
    }
  }

  /** Notes what lies between two files that were followed: others, which may yet be written, and a word on each. */
  async noteAll(pieces: readonly OlderPiece[]): Promise<void> {
    const { journal } = this.#writer;
    for (const piece of pieces) {
      if (piece.kind === 'file') {
        await this.noteFile(piece.generation, 0);
      } else if (piece.item.kind === 'gap') {
        journal.add({ kind: 'gap', reason: piece.item.reason });
      } else {
        journal.add({ kind: 'event', event: piece.item.event, text: piece.item.text });
      }
    }
  }

  /** Notes what a file has from an offset on, and drains it. */
  async noteFile(generation: LogFileHandle, from: number): Promise<void> {
    const { clock } = this.#options;
    try {
      await generation.skipExisting();
      this.#writer.journal.extend(generation, Math.min(from, generation.tip), generation.tip);
      this.#known.add(generation);
      // One that was written long ago is not waited for.
      const age = clock.wallTime() - Number((await generation.times()).writtenAt / 1_000_000n);
      this.add(generation, Math.max(0, age));
    } catch {
      this.#writer.giveUp(generation);
    }
  }

  /**
   * Reads what the files got.
   * @param hasSuccessor a file is at the path.
   */
  async drain(hasSuccessor: boolean, readAnew: ReadAnew): Promise<void> {
    for (const old of [...this.#draining]) {
      await this.#drain(old, hasSuccessor, readAnew);
    }
  }

  /** Closes the files. */
  release(): void {
    for (const { generation } of this.#draining) {
      generation.release();
    }
  }

  async #drain(old: Draining, hasSuccessor: boolean, readAnew: ReadAnew): Promise<void> {
    const { generation } = old;
    const { clock } = this.#options;
    try {
      for (;;) {
        const growth = await generation.grow(() => clock.wallTime());
        if (growth.kind === 'truncated') {
          // Cut by whoever has it open, or just before it was renamed.
          const anew = this.#replace(old, await readAnew(generation));
          await this.#drain(anew, hasSuccessor, readAnew);
          return;
        }
        if (growth.kind === 'none') {
          old.quietSince = generation.isSearching ? clock.now() : old.quietSince;
          break;
        }
        old.quietSince = clock.now();
        this.#writer.take(generation, growth);
      }
      const isQuiet = clock.now() - old.quietSince >= DRAIN_MS;
      // Without a successor the service may well go on writing to it, whatever its name.
      if (isQuiet && (hasSuccessor || (await generation.isRemoved()))) {
        this.#writer.finish(generation);
        this.takeBack(generation);
        if (this.#left?.generation === generation) {
          this.#left = { generation, times: await generation.times() };
        }
        generation.release();
      }
    } catch {
      // On a network file system a handle goes stale once the file is removed elsewhere. The others go on.
      this.takeBack(generation);
      this.#left = this.#left?.generation === generation ? undefined : this.#left;
      this.#writer.giveUp(generation);
    }
  }

  /** A file that was cut is drained as what it is since. */
  #replace(old: Draining, generation: LogFileHandle): Draining {
    const anew = { generation, quietSince: this.#options.clock.now() };
    this.#draining = this.#draining.map((other) => (other === old ? anew : other));
    if (this.#left?.generation === old.generation) {
      this.#left = { generation };
    }
    return anew;
  }
}
