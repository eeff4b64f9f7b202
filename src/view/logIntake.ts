import type { Clock } from '../base/clock';
import { Emitter } from '../base/emitter';
import type { LinesFrame } from '../protocol/frames';
import { EVENT_KINDS, type EventMessage, type GapMessage, type SourceMessage } from '../protocol/messages';
import { compileFormats } from '../records/customFormat';
import { LogStore } from '../store/logStore';
import type { NoticeKind } from '../store/notice';
import { StoreIndexes } from '../store/storeIndexes';
import { texts } from '../text/texts';
import { LineRate } from './lineRate';
import type { SourceInfo } from './messages';
import type { FormatSetting } from './viewerSettings';

/** Something a connection says in one sentence, to stand between the lines. */
export interface StreamNotice {
  readonly kind: string;
  readonly text: string;
}

const NOTICE_OF_EVENT: Readonly<Record<string, NoticeKind>> = {
  [EVENT_KINDS.rotated]: 'rotated',
  [EVENT_KINDS.truncated]: 'truncated',
  [EVENT_KINDS.exited]: 'ended',
  [EVENT_KINDS.ended]: 'ended',
};
const STREAM_NOTICES = new Set<string>(['connected', 'reconnected', 'disconnected', 'adapted']);
/** About the stream, not about one of its sources. */
const NO_SOURCE = -1;

/**
 * Puts what a connection brings into a store: lines as they are, and everything that happened as
 * notices in their place. Holds what belongs to the stream besides its rows: the sources, the lines
 * still being written, the rate.
 */
export class LogIntake {
  readonly store: LogStore;
  readonly indexes: StoreIndexes;
  readonly #clock: Clock;
  readonly #rate: LineRate;
  readonly #sources: SourceInfo[] = [];
  readonly #partials = new Map<number, string>();
  readonly #wholeHistory = new Set<number>();
  readonly #sourcesChanged = new Emitter<void>();
  readonly #partialChanged = new Emitter<number>();
  readonly #bookmarks = new Set<number>();
  /** Rows of a person's marks, ascending. */
  #marks: number[] = [];
  readonly #bookmarksChanged = new Emitter<void>();
  #formatSettings = '[]';
  #formatProblems: readonly string[] = [];
  readonly onDidChangeBookmarks = this.#bookmarksChanged.event;
  /** The list of sources, or the state of one, changed. */
  readonly onDidChangeSources = this.#sourcesChanged.event;
  /** The unfinished line of the source with this index changed. */
  readonly onDidChangePartial = this.#partialChanged.event;

  constructor(capacityBytes: number, clock: Clock) {
    this.store = new LogStore(capacityBytes);
    this.indexes = new StoreIndexes(this.store);
    this.#clock = clock;
    this.#rate = new LineRate(clock);
  }

  /** In the order in which they were first heard of; a row names its source by this index. */
  get sources(): readonly SourceInfo[] {
    return this.#sources;
  }

  get linesPerSecond(): number {
    return this.#rate.perSecond;
  }

  /** Earlier lines than the store's may be had. */
  get hasHistory(): boolean {
    return !this.store.isFull && this.sourcesWithHistory.length > 0;
  }

  /** Ids of the sources of which earlier lines may be had. */
  get sourcesWithHistory(): readonly string[] {
    return this.#sources
      .filter((source, index) => source.kind === 'file' && !this.#wholeHistory.has(index))
      .map(({ id }) => id);
  }

  /** The line of a source that is still being written, or null. */
  partialOf(index: number): string | null {
    return this.#partials.get(index) ?? null;
  }

  sourceIndex(id: string): number | undefined {
    const index = this.#sources.findIndex((source) => source.id === id);
    return index === -1 ? undefined : index;
  }

  takeLines(frame: LinesFrame): void {
    const source = this.#indexOf(frame.source);
    this.#rate.add(frame.count);
    this.store.append(frame, source);
    this.#setPartial(source, null);
  }

  /** Lines before those held; `complete`: there are none before them. False if the store is full. */
  takeHistory(id: string, frames: readonly LinesFrame[], complete: boolean): boolean {
    const source = this.#indexOf(id);
    if (complete) {
      this.#wholeHistory.add(source);
    }
    return frames.length === 0 || this.store.prepend(frames, source);
  }

  takeGap(gap: GapMessage): void {
    const source = this.#indexOf(gap.source);
    this.#addNotice('gap', texts.viewer.notices.gap(this.#nameOf(source), gap.count, gap.reason), source);
  }

  takeSource(message: SourceMessage): void {
    const { source: id, name, kind, state, command } = message;
    const index = this.#indexOf(id);
    this.#sources[index] = { id, name, kind, state, ...(command === undefined ? {} : { command }) };
    this.#sourcesChanged.fire();
  }

  takeEvent(event: EventMessage): void {
    const source = this.#indexOf(event.source);
    if (event.kind === EVENT_KINDS.history) {
      return;
    }
    if (event.kind === EVENT_KINDS.partial) {
      this.#setPartial(source, event.text);
      return;
    }
    const text =
      event.text || (event.kind === EVENT_KINDS.ended ? texts.viewer.notices.ended(this.#nameOf(source)) : event.kind);
    this.#addNotice(NOTICE_OF_EVENT[event.kind] ?? 'source', text, source);
  }

  takeNotice(notice: StreamNotice): void {
    this.#addNotice(STREAM_NOTICES.has(notice.kind) ? (notice.kind as NoticeKind) : 'adapted', notice.text, NO_SOURCE);
  }

  /** Rows of the store that a person marked, ascending; those that left it are dropped. */
  get bookmarks(): readonly number[] {
    const { firstRow } = this.store;
    return [...this.#bookmarks].filter((row) => row >= firstRow).sort((a, b) => a - b);
  }

  setBookmark(row: number, set: boolean): void {
    if (set) {
      this.#bookmarks.add(row);
    } else {
      this.#bookmarks.delete(row);
    }
    this.#bookmarksChanged.fire();
  }

  /** A person's own formats; a sentence for each that cannot be used. */
  setFormats(settings: readonly FormatSetting[]): readonly string[] {
    // Other formats make void what was found out about every line: only where they are others.
    const written = JSON.stringify(settings);
    if (written !== this.#formatSettings) {
      this.#formatSettings = written;
      const { formats, problems } = compileFormats(settings);
      this.#formatProblems = problems;
      this.indexes.setFormats(formats);
    }
    return this.#formatProblems;
  }

  /** Rows of a person's marks that the store still has, ascending. */
  get marks(): readonly number[] {
    const { firstRow } = this.store;
    this.#marks = this.#marks.filter((row) => row >= firstRow);
    return this.#marks;
  }

  get lastMark(): number | undefined {
    return this.marks.at(-1);
  }

  /** A person's mark between the lines. */
  mark(): void {
    this.#addNotice('mark', texts.viewer.notices.mark, NO_SOURCE);
    this.#marks.push(this.store.endRow - 1);
    this.#bookmarksChanged.fire();
  }

  /** Empties the store and says so in it. */
  clear(): void {
    this.store.clear();
    this.#bookmarks.clear();
    this.#marks = [];
    this.#bookmarksChanged.fire();
    this.#addNotice('cleared', texts.viewer.notices.cleared, NO_SOURCE);
  }

  #addNotice(kind: NoticeKind, text: string, source: number): void {
    this.store.appendNotice(kind, text, source, this.#clock.wallTime());
  }

  #nameOf(index: number): string {
    return this.#sources[index]?.name ?? '';
  }

  /** Index of a source; one that was not announced (it should have been) is added under its id. */
  #indexOf(id: string): number {
    const known = this.sourceIndex(id);
    if (known !== undefined) {
      return known;
    }
    this.#sources.push({ id, name: id, kind: 'file', state: 'live' });
    this.#sourcesChanged.fire();
    return this.#sources.length - 1;
  }

  #setPartial(source: number, text: string | null): void {
    if (this.partialOf(source) !== text) {
      if (text === null) {
        this.#partials.delete(source);
      } else {
        this.#partials.set(source, text);
      }
      this.#partialChanged.fire(source);
    }
  }
}
