import type { Clock } from '../base/clock';
import { Emitter } from '../base/emitter';
import type { LinesFrame } from '../protocol/frames';
import { EVENT_KINDS, type EventMessage, type GapMessage, type SourceMessage } from '../protocol/messages';
import { compileFormats } from '../records/customFormat';
import { LogStore } from '../store/logStore';
import type { NoticeKind } from '../store/notice';
import { StoreIndexes } from '../store/storeIndexes';
import { texts } from '../text/viewerTexts';
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
  readonly #indexes = new Map<string, number>();
  readonly #partials = new Map<number, string>();
  readonly #wholeHistory = new Set<number>();
  readonly #sourcesChanged = new Emitter<number>();
  readonly #partialChanged = new Emitter<number>();
  readonly #bookmarks = new Set<number>();
  /** Rows of a person's marks, ascending. */
  #marks: number[] = [];
  readonly #bookmarksChanged = new Emitter<void>();
  #formatSettings = '[]';
  #formatProblems: readonly string[] = [];
  readonly onDidChangeBookmarks = this.#bookmarksChanged.event;
  /** The source with this index is new, or something of it changed. There may be thousands one after the other. */
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
    return !this.store.isFull && this.#sources.some((source, index) => this.#mayHaveHistory(source, index));
  }

  /** Ids of the sources of which earlier lines may be had. */
  get sourcesWithHistory(): readonly string[] {
    return this.#sources.filter((source, index) => this.#mayHaveHistory(source, index)).map(({ id }) => id);
  }

  #mayHaveHistory({ kind }: SourceInfo, index: number): boolean {
    return kind === 'file' && !this.#wholeHistory.has(index);
  }

  /** Indexes of the sources of which a line is still being written. */
  get partialSources(): Iterable<number> {
    return this.#partials.keys();
  }

  /** The line of a source that is still being written, or null. */
  partialOf(index: number): string | null {
    return this.#partials.get(index) ?? null;
  }

  sourceIndex(id: string): number | undefined {
    return this.#indexes.get(id);
  }

  /** What people call a source; its id where it was not announced. */
  nameOf(id: string): string {
    return this.#sources[this.#indexes.get(id) ?? -1]?.name ?? id;
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
    const info: SourceInfo = { id, name, kind, state, ...(command === undefined ? {} : { command }) };
    const known = this.sourceIndex(id);
    if (known === undefined) {
      this.#add(info);
    } else if (isOther(info, this.#sources[known])) {
      // After a reconnect all are told again, most of them as they were.
      this.#sources[known] = info;
      this.#sourcesChanged.fire(known);
    }
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
    return this.sourceIndex(id) ?? this.#add({ id, name: id, kind: 'file', state: 'live' });
  }

  #add(source: SourceInfo): number {
    const index = this.#sources.length;
    this.#sources.push(source);
    this.#indexes.set(source.id, index);
    this.#sourcesChanged.fire(index);
    return index;
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

function isOther(a: SourceInfo, b: SourceInfo | undefined): boolean {
  return a.name !== b?.name || a.kind !== b.kind || a.state !== b.state || a.command !== b.command;
}
