import { EVENT_KINDS } from '../../../protocol/messages';
import { texts } from '../../../text/texts';
import { cursorFits, type StatusTimes } from '../bytes/fileIdentity';
import type { LogFileHandle } from '../bytes/logFileHandle';
import type { KnownFiles } from '../rotation/knownFiles';
import { type OlderPiece, olderPieces, releasePieces } from '../rotation/olderPieces';
import { findBetween, logPaths, type OpenedBetween, release } from '../rotation/rotatedFiles';
import type { DrainingFiles, Left } from './drainingFiles';
import type { FollowedPath, JournalWriter } from './journalWriter';

/**
 * A file that was made after the other one was renamed or removed is a new log, although it begins alike,
 * as with a service that is started again; unless so many bytes are the same: then it is a copy.
 */
const COPY_BYTES = 4096;

/** What a copy is looked for with. */
export interface CopiesOptions extends FollowedPath {
  /** Whether this is a file that is followed, or was. */
  holds(path: string): Promise<boolean>;
}

/**
 * Finds the copies in which what a file had goes on: a copy that was made before the file was cut, and a longer one
 * that took its place. Readers that are behind find all of it there.
 */
export class Copies {
  readonly #options: CopiesOptions;
  readonly #writer: JournalWriter;
  readonly #draining: DrainingFiles;
  readonly #known: KnownFiles;
  readonly #afterCut = new WeakSet<LogFileHandle>();
  readonly #rests = new WeakSet<LogFileHandle>();

  constructor(options: CopiesOptions, writer: JournalWriter, draining: DrainingFiles, known: KnownFiles) {
    this.#options = options;
    this.#writer = writer;
    this.#draining = draining;
    this.#known = known;
  }

  /** Whether this is what a file holds since it was cut. */
  isAfterCut(generation: LogFileHandle): boolean {
    return this.#afterCut.has(generation);
  }

  /** Whether a longer copy goes on with what was this file's: this one only got more. */
  isRest(generation: LogFileHandle): boolean {
    return this.#rests.has(generation);
  }

  /**
   * The file was cut and is read from its start. If a copy was made before, it holds what the file got
   * last, and all of it for those who are behind: for them it takes the file's place.
   */
  async readAnew(cut: LogFileHandle): Promise<LogFileHandle> {
    const { name, path, maxLineBytes } = this.#options;
    const { journal } = this.#writer;
    const between = await findBetween({
      logs: await logPaths(path),
      cursor: cut.place,
      isOpen: false,
      now: cut.file,
      maxLineBytes,
      nowHolds: async () => false,
      isKnown: (each) => this.#options.holds(each),
    });
    const truncated = { kind: 'event', event: EVENT_KINDS.truncated, text: texts.server.truncated(name) } as const;
    let anew: LogFileHandle;
    if (between.kind === 'rotated') {
      const [, ...others] = olderPieces(name, between, 0);
      this.#known.add(between.place.generation);
      anew = cut.continueIn(between.place.generation, 0, false);
      // The log has been left for the copy already: whatever is wrong with that keeps nobody from the log.
      await this.#writer.readOut(cut).catch(() => this.#writer.giveUp(cut.retain()));
      journal.add(truncated);
      await this.#draining.noteAll(others);
    } else {
      release(between);
      this.#known.addCut(cut);
      anew = cut.reopenedFromStart();
      journal.add(truncated);
      journal.add({ kind: 'gap', reason: texts.server.truncatedGap(name) });
    }
    cut.release();
    this.#afterCut.add(anew);
    this.#options.changed();
    return anew;
  }

  /** What lies between the file that was followed and the one that is at the path now: maybe a longer copy. */
  async between({ generation, times: timesLeft }: Left, next: LogFileHandle): Promise<OpenedBetween> {
    const isOpen = timesLeft === undefined;
    const times = timesLeft ?? (await generation.times());
    const isCopy = async (other: LogFileHandle) =>
      generation.tip > 0 &&
      (isOpen ? await generation.isBeginningOf(other) : await cursorFits(other.handle, generation.place));
    return findBetween({
      logs: await logPaths(this.#options.path),
      cursor: generation.place,
      isOpen,
      times,
      now: next.file,
      maxLineBytes: this.#options.maxLineBytes,
      isCopy,
      nowHolds: async () => !(await isMadeAnew(generation, times, next)) && (await isCopy(next)),
      isKnown: async (path) => (await this.#options.holds(path)) || (await this.#known.hasCopyOfCut(path)),
    });
  }

  /**
   * Goes on in the file beside the log in which the file that was followed is found, if it is.
   * @returns what comes behind it.
   */
  async goOnBeside(left: Left, between: Exclude<OpenedBetween, { kind: 'continued' }>): Promise<OlderPiece[]> {
    const { generation } = left;
    const pieces = olderPieces(this.#options.name, between, 0);
    const [first, ...others] = pieces;
    if (first?.kind !== 'file') {
      return pieces;
    }
    const { generation: place } = first;
    if (left.times !== undefined) {
      await this.#draining.noteFile(place, generation.tip);
    } else if (place.file === generation.file) {
      // Its rest has been read, or is, by the handle that is open.
      place.release();
    } else {
      this.continueIn(place, generation);
      await this.#writer.readUp(generation).catch((error) => {
        releasePieces(others);
        throw error;
      });
    }
    return others;
  }

  /** A file goes on in a longer copy of it. The file itself may be written yet, by who has it open. */
  continueIn(copy: LogFileHandle, generation: LogFileHandle): void {
    const rest = generation.continueIn(copy, generation.tip, true);
    this.#rests.add(rest);
    this.#draining.add(rest);
  }
}

/** Whether a file is a log of its own, although it may begin as the one did that was at the path before it. */
async function isMadeAnew(old: LogFileHandle, { changedAt }: StatusTimes, next: LogFileHandle): Promise<boolean> {
  const { bornAt } = await next.times();
  return old.tip < COPY_BYTES && (bornAt === 0n || bornAt > changedAt);
}
