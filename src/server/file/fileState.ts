import type { Clock } from '../../base/clock';
import { EVENT_KINDS, type SourceState } from '../../protocol/messages';
import { texts } from '../../text/texts';
import type { FileJournal } from './fileJournal';
import { isGone, problemAt } from './fileProblem';

/** A file that is away for less is being rotated, which needs no remark. */
const AWAY_MS = 1_000;

export interface FileStateOptions {
  /** Absolute. */
  readonly path: string;
  readonly clock: Clock;
  /** Tells of each change. */
  readonly journal: FileJournal;
  changed(): void;
}

/** Whether the file at a path is read, waited for, or cannot be read. */
export class FileState {
  readonly #options: FileStateOptions;
  #state: SourceState = 'waiting';
  #problem = '';
  #awaySince: number | undefined;

  constructor(options: FileStateOptions) {
    this.#options = options;
  }

  get state(): SourceState {
    return this.#state;
  }

  /** Why it waits or failed, as a sentence; '' while it is read. */
  get problem(): string {
    return this.#problem;
  }

  /** A file is at the path. */
  found(): void {
    this.#awaySince = undefined;
    this.#set('live', '');
  }

  /**
   * The file could not be looked at, or read.
   * @param isOpen what was at the path is open still.
   * @param everSeen whether a file was ever at the path.
   */
  failed(error: unknown, isOpen: boolean, everSeen: boolean): void {
    const { path, clock } = this.#options;
    if (isGone(error) || isOpen) {
      this.#awaySince ??= clock.now();
      if (everSeen && clock.now() - this.#awaySince < AWAY_MS) {
        return;
      }
    }
    if (isGone(error)) {
      this.#set('waiting', texts.server.waitingFor(path), EVENT_KINDS.waiting);
      return;
    }
    this.#set('failed', problemAt(path, error), EVENT_KINDS.failed);
  }

  #set(state: SourceState, problem: string, event?: string): void {
    if (state !== this.#state || problem !== this.#problem) {
      this.#state = state;
      this.#problem = problem;
      if (event !== undefined) {
        this.#options.journal.add({ kind: 'event', event, text: problem });
      }
      this.#options.changed();
    }
  }
}
