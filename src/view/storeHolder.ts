import type { Clock } from '../base/clock';
import { type Disposable, DisposableStore, toDisposable } from '../base/disposable';
import { type PatternFault, type PatternMatching, PatternScope } from '../records/patternMatching';
import type { TextQuery } from '../records/textMatch';
import type { Filter, ViewOptions } from '../store/filter';
import { type CompiledFilter, compileFilter } from '../store/rowMatcher';
import { EntryReading } from './entryReading';
import { type ExportedRows, exportRows } from './exportRows';
import { FilteredView } from './filteredView';
import type { LogIntake } from './logIntake';
import type { ConnectionView, ExportMessage, HolderMessage, SeekTarget, ViewerAction, ViewerMessage } from './messages';
import { MissedLines } from './missedLines';
import { PlaceFinder } from './placeFinder';
import { RepeatCounts } from './repeatCounts';
import { RowReader } from './rowReader';
import { SearchView } from './searchView';
import { ShownRows } from './shownRows';
import { NO_VIEWER_SETTINGS, type ViewerSettings } from './viewerSettings';
import { ViewHistogram } from './viewHistogram';

/** How long work goes on before others get their turn, ms: an extension host is shared by all extensions. */
export const SLICE_MS = 6;
/** Shortest time between two `extent` messages, ms. */
const EXTENT_MS = 50;
/** Shortest time between two `sources` messages, ms. */
const SOURCES_MS = 50;
/** Bookmarks and marks whose places are told: more would lie on the same pixels. */
const MOST_PLACES = 400;
/** The rate of a stream that fell silent is told once more after so long, ms. */
const RATE_MS = 1100;
/** Shortest time between two `search` and between two `histogram` messages, ms. */
const SEARCH_MS = 100;
const HISTOGRAM_MS = 250;

const NO_SOURCES = () => ({ from: Number.POSITIVE_INFINITY, end: 0 });

const EVERYTHING: CompiledFilter = { kind: 'all', fromRow: Number.NEGATIVE_INFINITY };

export interface StoreHolderOptions {
  readonly intake: LogIntake;
  readonly clock: Clock;
  readonly post: (message: HolderMessage) => void;
  readonly connection: ConnectionView;
  readonly onAction: (action: ViewerAction) => void;
  /** The reader is above the first row and wants so many lines more. */
  readonly onHistory: (lines: number) => void;
  readonly settings?: ViewerSettings;
  /** Matches a person's expressions that may take long; without it long lines are passed over by those. */
  readonly patterns?: PatternMatching;
  /** Where these are absent the viewer has no way to do them. */
  readonly onExport?: (message: ExportMessage, content: AsyncIterable<Uint8Array>) => void;
  readonly onOpenFile?: (place: Extract<ViewerMessage, { type: 'openFile' }>) => void;
  readonly onStoppedHighlight?: (name: string, fault: PatternFault) => void;
  readonly onSaveFilter?: (name: string, filter: Filter) => void;
}

/** Answers one viewer from one stream's store. Several viewers of a stream have a holder each. */
export class StoreHolder implements Disposable {
  readonly #intake: LogIntake;
  readonly #clock: Clock;
  readonly #post: (message: HolderMessage) => void;
  readonly #options: StoreHolderOptions;
  readonly #held = new DisposableStore();
  #connection: ConnectionView;
  readonly #reader: RowReader;
  readonly #repeats: RepeatCounts;
  readonly #shown: ShownRows;
  #settings: ViewerSettings;
  #filter: Filter = {};
  #viewOptions: ViewOptions = {};
  #compiled: CompiledFilter = EVERYTHING;
  /** What the filter, and what the search has asked of patterns. */
  #filterPatterns: PatternScope | undefined;
  #searchPatterns: PatternScope | undefined;
  #search: { readonly id: number; readonly view: SearchView } | undefined;
  #searchQuery: TextQuery | null = null;
  #searchTold = '';
  #histogram: ViewHistogram | undefined;
  /** The place asked for last, while it is looked for. */
  #seeking: { readonly request: number; readonly finder: PlaceFinder } | undefined;
  /** The entries asked for, the earliest first, until they are read. */
  readonly #entries: { readonly request: number; readonly reading: EntryReading }[] = [];
  #view: FilteredView;
  /** What came since the reader stopped following; `whenLive`: counted from when the stream is live. */
  #missed: MissedLines | 'whenLive' | undefined;
  #generation = 0;
  #near: number | undefined;
  #nearOrdinal: number | null = null;
  /** The view has been told to be complete once. */
  #toldComplete = false;
  #ready = false;
  #visible = true;
  #workTimer: Disposable | undefined;
  #extentTimer: Disposable | undefined;
  #sourcesTimer: Disposable | undefined;
  /** Sources that the viewer has yet to be told of, by index: from the first to behind the last that changed. */
  #changedSources = NO_SOURCES();
  #lastSourcesAt = Number.NEGATIVE_INFINITY;
  #rateTimer: Disposable | undefined;
  #searchTimer: Disposable | undefined;
  #histogramTimer: Disposable | undefined;
  #lastExtentAt = Number.NEGATIVE_INFINITY;

  constructor(options: StoreHolderOptions) {
    this.#options = options;
    this.#intake = options.intake;
    this.#clock = options.clock;
    this.#post = options.post;
    this.#connection = options.connection;
    this.#settings = options.settings ?? NO_VIEWER_SETTINGS;
    this.#reader = new RowReader(this.#intake.store, this.#intake.indexes);
    this.#repeats = new RepeatCounts(this.#intake.store, this.#intake.indexes);
    this.#shown = new ShownRows(this.#intake, this.#reader, this.#repeats);
    this.#view = new FilteredView(this.#intake.store, this.#compiled);
    this.#held.add(
      this.#intake.onDidChangeBookmarks(() => {
        this.#postBookmarks();
        this.#scheduleExtent();
      }),
    );
    this.#held.add(
      this.#intake.store.onDidChange((change) => {
        if (change === 'cleared' || change === 'prepended') {
          this.#repeats.forget();
        }
        if (change === 'cleared') {
          this.#startView();
          if (this.#ready) {
            this.#post({ type: 'cleared' });
          }
        }
        this.#scheduleWork();
        this.#scheduleExtent();
      }),
    );
    const { patterns } = options;
    if (patterns) {
      this.#held.add(patterns.onDidAnswer(() => this.#scheduleWork()));
    }
    this.#held.add(
      this.#intake.onDidChangeSources((index) => {
        this.#changedSources.from = Math.min(this.#changedSources.from, index);
        this.#changedSources.end = Math.max(this.#changedSources.end, index + 1);
        this.#scheduleSources();
      }),
    );
    this.#held.add(this.#intake.onDidChangePartial((source) => this.#postPartial(source)));
    this.#held.add(
      toDisposable(() => {
        this.#filterPatterns?.dispose();
        this.#searchPatterns?.dispose();
        this.#workTimer?.dispose();
        this.#extentTimer?.dispose();
        this.#sourcesTimer?.dispose();
        this.#rateTimer?.dispose();
        this.#searchTimer?.dispose();
        this.#histogramTimer?.dispose();
      }),
    );
  }

  /** What the viewer shall show of the connection from now on. */
  setConnection(connection: ConnectionView): void {
    const isOther = JSON.stringify(connection) !== JSON.stringify(this.#connection);
    this.#connection = connection;
    if (this.#missed === 'whenLive') {
      this.#pause(undefined);
    }
    if (this.#ready && isOther) {
      this.#post({ type: 'connection', connection });
    }
  }

  /** What the viewer shall be set to from now on. */
  setSettings(settings: ViewerSettings): void {
    const areOthers = JSON.stringify(settings) !== JSON.stringify(this.#settings);
    this.#settings = settings;
    if (this.#ready && areOthers) {
      this.#post({ type: 'settings', settings });
    }
  }

  /** Passes a heartbeat on to the viewer's console. */
  noteHeartbeat(heartbeat: Omit<Extract<HolderMessage, { type: 'heartbeat' }>, 'type'>): void {
    if (this.#ready) {
      this.#post({ type: 'heartbeat', ...heartbeat });
    }
  }

  receive(message: ViewerMessage): void {
    switch (message.type) {
      case 'ready':
        this.#ready = true;
        this.#post({ type: 'settings', settings: this.#settings });
        this.#post({ type: 'connection', connection: this.#connection });
        // Also where there are none: the viewer may have been told of another stream's.
        this.#postSources({ from: 0, end: this.#intake.sources.length });
        this.#postBookmarks();
        for (const index of this.#intake.partialSources) {
          this.#postPartial(index);
        }
        this.#lastExtentAt = Number.NEGATIVE_INFINITY;
        this.#scheduleExtent();
        break;
      case 'filter':
        this.#generation = message.generation;
        this.#filter = message.filter;
        this.#viewOptions = message.options ?? {};
        this.#near = message.near;
        this.#startView();
        this.#lastExtentAt = Number.NEGATIVE_INFINITY;
        // The first slice at once: what is near the end is found within it.
        this.#work();
        break;
      case 'rows':
        this.#postRows(message.request, message.generation, message.from, message.to);
        break;
      case 'history':
        this.#options.onHistory(message.lines);
        break;
      case 'action':
        this.#options.onAction(message.action);
        break;
      case 'visible':
        this.#visible = message.visible;
        this.#scheduleExtent();
        this.#scheduleWork();
        break;
      case 'pause':
        if (message.paused) {
          this.#pause(message.endRow);
        } else {
          this.#missed = undefined;
        }
        this.#scheduleExtent();
        break;
      case 'search':
        this.#startSearch(message.search, message.query);
        break;
      case 'seek':
        this.#seek(message.request, message.generation, message.target);
        break;
      case 'entry':
        this.#readEntry(message.request, message.row);
        break;
      case 'histogram':
        this.#histogram = message.shown
          ? new ViewHistogram(this.#intake.store, this.#intake.indexes, this.#view)
          : undefined;
        this.#scheduleWork();
        break;
      case 'bookmark':
        this.#intake.setBookmark(message.row, message.set);
        break;
      case 'mark':
        this.#intake.mark();
        break;
      case 'export':
        this.#export(message);
        break;
      case 'openFile':
        this.#options.onOpenFile?.(message);
        break;
      case 'stoppedHighlight':
        this.#options.onStoppedHighlight?.(message.name, message.fault);
        break;
      case 'saveFilter':
        this.#options.onSaveFilter?.(message.name, message.filter);
        break;
    }
  }

  dispose(): void {
    this.#held.dispose();
  }

  #startView(): void {
    const { store, indexes } = this.#intake;
    this.#filterPatterns?.dispose();
    this.#filterPatterns = this.#patternScope();
    this.#compiled = compileFilter(this.#filter, this.#viewOptions, {
      store,
      indexes,
      sourceIndex: (id) => this.#intake.sourceIndex(id),
      ...(this.#filterPatterns ? { patterns: this.#filterPatterns } : {}),
    });
    this.#view = new FilteredView(store, this.#compiled);
    this.#countMissed();
    this.#seeking = undefined;
    this.#toldComplete = false;
    this.#nearOrdinal = null;
    if (this.#search) {
      this.#startSearch(this.#search.id, this.#searchQuery);
    }
    this.#histogram &&= new ViewHistogram(store, indexes, this.#view);
  }

  #patternScope(): PatternScope | undefined {
    const { patterns } = this.#options;
    return patterns && new PatternScope(patterns);
  }

  /** Counts what comes from a row on, or goes on counting. */
  #pause(endRow: number | undefined): void {
    const { store } = this.#intake;
    if (endRow !== undefined) {
      this.#missed = new MissedLines(store, endRow);
    } else if (!(this.#missed instanceof MissedLines)) {
      // The viewer is older than the store: what the stream begins with was not missed.
      this.#missed = this.#connection.tone === 'live' ? new MissedLines(store, store.endRow) : 'whenLive';
    }
    this.#countMissed();
  }

  #countMissed(): void {
    if (this.#missed instanceof MissedLines) {
      this.#view.countFrom(this.#missed.from);
    }
  }

  // --- work in slices -----------------------------------------------------------------------------

  #scheduleWork(): void {
    this.#workTimer ??= this.#clock.schedule(0, () => {
      this.#workTimer = undefined;
      this.#work();
    });
  }

  /** A slice of work begins; the answer tells whether it may go on. */
  #beginSlice(): () => boolean {
    const deadline = this.#clock.now() + SLICE_MS;
    return () => this.#clock.now() < deadline;
  }

  #work(): void {
    const hasTime = this.#beginSlice();
    // First what a person waits for.
    const hasRead = this.#readEntriesOn(hasTime);
    const hasSought = this.#seekOn(hasTime);
    const scanned = this.#view.advance(hasTime);
    if (this.#near !== undefined && this.#nearOrdinal === null) {
      this.#nearOrdinal = this.#view.ordinalAtOrAfter(this.#near) ?? null;
    }
    const searched = scanned && (this.#search?.view.advance(hasTime) ?? true);
    if (this.#search) {
      this.#scheduleSearch();
    }
    const counted = searched && this.#visible && this.#intake.indexes.levels.countOn(hasTime);
    const drawn = counted && (this.#histogram?.countOn(hasTime) ?? true);
    if (this.#histogram && this.#visible) {
      this.#scheduleHistogram();
    }
    if (scanned && !this.#toldComplete) {
      // Somebody waits for the whole of what a filter finds: that does not wait for the next turn.
      this.#toldComplete = true;
      this.#lastExtentAt = Number.NEGATIVE_INFINITY;
      this.#extentTimer?.dispose();
      this.#extentTimer = undefined;
    }
    this.#scheduleExtent();
    // What waits for a pattern goes on when that is answered.
    const isWaiting = this.#view.isWaiting || (scanned && this.#search?.view.isWaiting === true);
    const seeks = !hasSought && this.#seeking?.finder.isWaiting !== true;
    if (!hasRead || seeks || (!isWaiting && (!searched || (!drawn && this.#visible)))) {
      this.#scheduleWork();
    }
  }

  #startSearch(id: number, query: TextQuery | null): void {
    this.#searchQuery = query;
    this.#searchTold = '';
    this.#searchPatterns?.dispose();
    this.#searchPatterns = this.#patternScope();
    this.#search =
      query === null || query.text === ''
        ? undefined
        : { id, view: new SearchView(query, this.#compiled, this.#intake.store, this.#searchPatterns) };
    if (this.#search) {
      this.#scheduleSearch();
      this.#scheduleWork();
    }
  }

  // --- finding places -------------------------------------------------------------------------------

  #seek(request: number, generation: number, target: SeekTarget): void {
    if (generation !== this.#generation) {
      this.#post({ type: 'place', request, ordinal: null });
      return;
    }
    const searched = { intake: this.#intake, view: this.#view, search: () => this.#search?.view };
    this.#seeking = { request, finder: new PlaceFinder(target, searched) };
    // The first slice at once: as a rule the place is found within it.
    if (!this.#seekOn(this.#beginSlice())) {
      this.#scheduleWork();
    }
  }

  /** Looks on for the place that was asked for; true when nobody waits for one any more. */
  #seekOn(hasTime: () => boolean): boolean {
    if (!this.#seeking) {
      return true;
    }
    const { request, finder } = this.#seeking;
    const place = finder.lookOn(hasTime);
    if (place === undefined) {
      return false;
    }
    this.#seeking = undefined;
    this.#post({
      type: 'place',
      request,
      ordinal: place?.ordinal ?? null,
      ...(place?.index === undefined ? {} : { index: place.index }),
    });
    return true;
  }

  // --- whole entries --------------------------------------------------------------------------------

  #readEntry(request: number, row: number): void {
    this.#entries.push({ request, reading: new EntryReading(row, this.#intake, this.#reader) });
    // The first slice at once: as a rule an entry has few lines.
    if (!this.#readEntriesOn(this.#beginSlice())) {
      this.#scheduleWork();
    }
  }

  /** Reads on what was asked for; true when nobody waits for an entry any more. */
  #readEntriesOn(hasTime: () => boolean): boolean {
    for (let next = this.#entries[0]; next; next = this.#entries[0]) {
      const { request, reading } = next;
      // Carrying a long one off is work as well: it has what is left of a slice, or the next one.
      if (!reading.readOn(hasTime) || !hasTime()) {
        return false;
      }
      this.#entries.shift();
      this.#post({ type: 'entry', request, rows: reading.rows, lines: reading.lines });
    }
    return true;
  }

  #export(message: ExportMessage): void {
    const { store, indexes } = this.#intake;
    // A view of its own where everything is wanted. It is looked through here as well: a filter that
    // was just changed would be exported in part, and one that is changed meanwhile not to its end.
    const view = message.what === 'shown' ? this.#view : new FilteredView(store, EVERYTHING);
    // What arrives from now on is not part of it.
    const behind = store.endRow;
    const advance = () => view.advance(this.#beginSlice());
    const patterns = this.#filterPatterns;
    const done = patterns?.hold();
    const rows: ExportedRows = {
      advance,
      untilAnswered: () => (view.isWaiting ? patterns?.untilAnswered() : undefined),
      done: () => done?.dispose(),
      get first() {
        return view.first;
      },
      get end() {
        return view.ordinalAtOrAfter(behind) ?? view.end;
      },
      rowAt: (place) => view.rowAt(place),
    };
    const parts = { store, indexes, reader: this.#reader, sources: () => this.#intake.sources };
    this.#options.onExport?.(message, exportRows(message, rows, parts));
  }

  // --- what is told ---------------------------------------------------------------------------------

  #scheduleExtent(): void {
    if (!this.#ready || !this.#visible || this.#extentTimer) {
      return;
    }
    const wait = Math.max(0, this.#lastExtentAt + EXTENT_MS - this.#clock.now());
    this.#extentTimer = this.#clock.schedule(wait, () => {
      this.#extentTimer = undefined;
      this.#postExtent();
    });
  }

  #postExtent(): void {
    const { store, indexes, linesPerSecond, hasHistory } = this.#intake;
    const view = this.#view;
    this.#lastExtentAt = this.#clock.now();
    this.#post({
      type: 'extent',
      generation: this.#generation,
      first: view.first,
      end: view.end,
      scanned: view.scanned,
      totalLines: store.lineCount,
      matchedLines: view.matchedLines,
      arrivedLines: store.arrivedLines,
      endRow: store.endRow,
      missed: this.#missed instanceof MissedLines ? this.#missed.read(view) : null,
      linesPerSecond,
      droppedLines: store.droppedLines,
      levelCounts: indexes.levels.counts(),
      hasHistory,
      filterError: this.#compiled.kind === 'wrong' ? this.#compiled.sentence : view.problem,
      nearOrdinal: this.#nearOrdinal,
      bookmarkOrdinals: this.#ordinalsOf(this.#intake.bookmarks),
      markOrdinals: this.#ordinalsOf(this.#intake.marks),
    });
    this.#rateTimer?.dispose();
    if (linesPerSecond > 0) {
      this.#rateTimer = this.#clock.schedule(RATE_MS, () => this.#scheduleExtent());
    }
  }

  /** Where rows of the store lie in the view; those that do not pass its filter lie nowhere. */
  #ordinalsOf(rows: readonly number[]): number[] {
    return rows.slice(-MOST_PLACES).flatMap((row) => {
      const ordinal = this.#view.ordinalAtOrAfter(row);
      return ordinal !== undefined && this.#view.rowAt(ordinal) === row ? [ordinal] : [];
    });
  }

  #scheduleSearch(): void {
    this.#searchTimer ??= this.#clock.schedule(SEARCH_MS, () => {
      this.#searchTimer = undefined;
      this.#postSearch();
    });
  }

  #postSearch(): void {
    if (!this.#search || !this.#ready || !this.#visible) {
      return;
    }
    const { id, view } = this.#search;
    const { count, isComplete: complete, error } = view;
    const told = `${id} ${count} ${complete} ${this.#view.first} ${this.#view.end} ${error}`;
    if (told !== this.#searchTold) {
      this.#searchTold = told;
      this.#post({ type: 'search', search: id, count, complete, marks: view.marks(this.#view), error });
    }
  }

  #scheduleHistogram(): void {
    this.#histogramTimer ??= this.#clock.schedule(HISTOGRAM_MS, () => {
      this.#histogramTimer = undefined;
      if (this.#histogram && this.#ready && this.#visible) {
        this.#post({ type: 'histogram', generation: this.#generation, ...this.#histogram.read() });
      }
    });
  }

  #postBookmarks(): void {
    if (this.#ready) {
      const { bookmarks: rows, lastMark } = this.#intake;
      this.#post({ type: 'bookmarks', rows, ...(lastMark === undefined ? {} : { lastMark }) });
    }
  }

  /** At once where it has been quiet, so that a single source is shown when it comes. */
  #scheduleSources(): void {
    if (!this.#ready || this.#sourcesTimer) {
      return;
    }
    const waitMs = this.#lastSourcesAt + SOURCES_MS - this.#clock.now();
    if (waitMs <= 0) {
      this.#postSources();
      return;
    }
    this.#sourcesTimer = this.#clock.schedule(waitMs, () => {
      this.#sourcesTimer = undefined;
      this.#postSources();
    });
  }

  #postSources({ from, end } = this.#changedSources): void {
    const { sources } = this.#intake;
    this.#changedSources = NO_SOURCES();
    this.#lastSourcesAt = this.#clock.now();
    if (from <= end) {
      this.#post({ type: 'sources', from, sources: sources.slice(from, end), total: sources.length });
    }
  }

  #postPartial(source: number): void {
    if (this.#ready) {
      this.#post({ type: 'partial', source, text: this.#intake.partialOf(source) });
    }
  }

  #postRows(request: number, generation: number, from: number, to: number): void {
    if (generation !== this.#generation) {
      this.#post({ type: 'rows', request, generation, rows: [] });
      return;
    }
    const shown = {
      view: this.#view,
      compiled: this.#compiled,
      options: this.#viewOptions,
      hasContext: this.#filter.context !== undefined,
    };
    const { rows, isCounted } = this.#shown.read(from, to, shown, this.#beginSlice());
    this.#post({ type: 'rows', request, generation, rows });
    if (!isCounted) {
      // With each extent the viewer asks anew for the rows that grow, as long as they are on screen.
      this.#scheduleExtent();
    }
  }
}
