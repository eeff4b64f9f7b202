import type { Clock } from '../../../base/clock';
import { EVENT_KINDS } from '../../../protocol/messages';
import { texts } from '../../../text/texts';
import type { LogFileHandle } from '../bytes/logFileHandle';
import type { FreshLines, Growth } from '../bytes/tipReader';
import { FileJournal } from '../fileJournal';
import { FreshBatches } from '../freshBatches';

/** A path that is followed, for the parts that do it. */
export interface FollowedPath {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly maxLineBytes: number;
  readonly clock: Clock;
  /** More stands in the journal. */
  changed(): void;
}

/**
 * Notes in the journal what the files behind a path got, in the order in which it was read, and keeps what was
 * read last for those who stand right before it.
 */
export class JournalWriter {
  readonly journal = new FileJournal();
  readonly fresh = new FreshBatches();
  readonly #options: FollowedPath;

  constructor(options: FollowedPath) {
    this.#options = options;
  }

  /** Notes what a file got. */
  take(generation: LogFileHandle, growth: Extract<Growth, { kind: 'lines' | 'hole' }>): void {
    if (growth.kind === 'lines') {
      this.#give(generation, growth.lines);
      return;
    }
    const text = texts.server.hole(this.#options.name, growth.end - growth.start);
    this.journal.add({ kind: 'event', event: EVENT_KINDS.skipped, text });
    this.journal.extend(generation, growth.end, growth.end);
    this.#options.changed();
  }

  /** Reads what a file has by now. */
  async readUp(generation: LogFileHandle): Promise<void> {
    for (;;) {
      const growth = await generation.grow(() => this.#options.clock.wallTime());
      if (growth.kind === 'lines' || growth.kind === 'hole') {
        this.take(generation, growth);
      } else if (!generation.isSearching) {
        return;
      }
    }
  }

  /** Reads a file that gets nothing more to its end, and a last line without newline with it. */
  async readOut(generation: LogFileHandle): Promise<void> {
    await this.readUp(generation);
    this.finish(generation);
  }

  /** Notes the last line of a file without newline: nothing more will be written. */
  finish(generation: LogFileHandle): void {
    const last = generation.finish(this.#options.clock.wallTime());
    if (last) {
      this.#give(generation, last);
    }
  }

  /** A file cannot be read any more, and what it got last never was. */
  giveUp(generation: LogFileHandle): void {
    generation.abandon();
    this.journal.add({ kind: 'gap', reason: texts.server.restLost(this.#options.name) });
    generation.release();
    this.#options.changed();
  }

  #give(generation: LogFileHandle, lines: FreshLines): void {
    this.journal.extend(generation, lines.start, lines.end);
    this.fresh.add(generation, lines);
    this.#options.changed();
  }
}
