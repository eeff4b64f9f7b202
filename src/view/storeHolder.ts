import type { Clock } from '../base/clock';
import { type Disposable, DisposableStore, toDisposable } from '../base/disposable';
import { decodeLine } from '../records/decodeLine';
import { detectTime } from '../records/detectTime';
import { startsEntry } from '../records/entryStart';
import { type CompiledFilter, compileFilter, type Filter } from '../store/filter';
import { FilteredView } from './filteredView';
import type { LogIntake } from './logIntake';
import type { ConnectionView, HolderMessage, Row, ViewerAction, ViewerMessage } from './messages';

/** Longest piece of work before others get their turn, ms: an extension host is shared by all extensions. */
const SLICE_MS = 8;
/** Shortest time between two `extent` messages, ms. */
const EXTENT_MS = 50;
/** Most rows of one answer. */
const MOST_ROWS = 1000;
/** The rate of a stream that fell silent is told once more after so long, ms. */
const RATE_MS = 1100;

export interface StoreHolderOptions {
  readonly intake: LogIntake;
  readonly clock: Clock;
  readonly post: (message: HolderMessage) => void;
  readonly connection: ConnectionView;
  readonly onAction: (action: ViewerAction) => void;
  /** The reader is above the first row and wants so many lines more. */
  readonly onHistory: (lines: number) => void;
}

/** Answers one viewer from one stream's store. Several viewers of a stream have a holder each. */
export class StoreHolder implements Disposable {
  readonly #intake: LogIntake;
  readonly #clock: Clock;
  readonly #post: (message: HolderMessage) => void;
  readonly #options: StoreHolderOptions;
  readonly #held = new DisposableStore();
  #connection: ConnectionView;
  #filter: Filter = {};
  #compiled: CompiledFilter = { kind: 'all' };
  #view: FilteredView;
  #generation = 0;
  #near: number | undefined;
  #nearOrdinal: number | null = null;
  #ready = false;
  #visible = true;
  #workTimer: Disposable | undefined;
  #extentTimer: Disposable | undefined;
  #rateTimer: Disposable | undefined;
  #lastExtentAt = Number.NEGATIVE_INFINITY;

  constructor(options: StoreHolderOptions) {
    this.#options = options;
    this.#intake = options.intake;
    this.#clock = options.clock;
    this.#post = options.post;
    this.#connection = options.connection;
    this.#view = new FilteredView(this.#intake.store, this.#compiled);
    this.#held.add(
      this.#intake.store.onDidChange((change) => {
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
    this.#held.add(this.#intake.onDidChangeSources(() => this.#postSources()));
    this.#held.add(this.#intake.onDidChangePartial((source) => this.#postPartial(source)));
    this.#held.add(
      toDisposable(() => {
        this.#workTimer?.dispose();
        this.#extentTimer?.dispose();
        this.#rateTimer?.dispose();
      }),
    );
  }

  /** What the viewer shall show of the connection from now on. */
  setConnection(connection: ConnectionView): void {
    this.#connection = connection;
    if (this.#ready) {
      this.#post({ type: 'connection', connection });
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
        this.#post({ type: 'connection', connection: this.#connection });
        this.#postSources();
        this.#intake.sources.forEach((_source, index) => {
          this.#postPartial(index);
        });
        this.#lastExtentAt = Number.NEGATIVE_INFINITY;
        this.#scheduleExtent();
        break;
      case 'filter':
        this.#generation = message.generation;
        this.#filter = message.filter;
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
        break;
    }
  }

  dispose(): void {
    this.#held.dispose();
  }

  #startView(): void {
    this.#compiled = compileFilter(this.#filter, this.#intake.levels, (id) => this.#intake.sourceIndex(id));
    this.#view = new FilteredView(this.#intake.store, this.#compiled);
    this.#nearOrdinal = null;
  }

  // --- work in slices -----------------------------------------------------------------------------

  #scheduleWork(): void {
    this.#workTimer ??= this.#clock.schedule(0, () => {
      this.#workTimer = undefined;
      this.#work();
    });
  }

  #work(): void {
    const deadline = this.#clock.now() + SLICE_MS;
    const hasTime = () => this.#clock.now() < deadline;
    const scanned = this.#view.advance(hasTime);
    if (this.#near !== undefined && this.#nearOrdinal === null) {
      this.#nearOrdinal = this.#view.ordinalAtOrAfter(this.#near) ?? null;
    }
    const counted = scanned && this.#visible && this.#intake.levels.countOn(hasTime);
    this.#scheduleExtent();
    if (!scanned || (!counted && this.#visible)) {
      this.#scheduleWork();
    }
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
    const { store, levels, linesPerSecond, hasHistory } = this.#intake;
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
      linesPerSecond,
      droppedLines: store.droppedLines,
      levelCounts: levels.counts(),
      hasHistory,
      filterError: this.#compiled.kind === 'wrong' ? this.#compiled.sentence : null,
      nearOrdinal: this.#nearOrdinal,
    });
    this.#rateTimer?.dispose();
    if (linesPerSecond > 0) {
      this.#rateTimer = this.#clock.schedule(RATE_MS, () => this.#scheduleExtent());
    }
  }

  #postSources(): void {
    if (this.#ready) {
      this.#post({ type: 'sources', sources: [...this.#intake.sources] });
    }
  }

  #postPartial(source: number): void {
    if (this.#ready) {
      this.#post({ type: 'partial', source, text: this.#intake.partialOf(source) });
    }
  }

  #postRows(request: number, generation: number, from: number, to: number): void {
    const rows: Row[] = [];
    if (generation === this.#generation) {
      const first = Math.max(from, this.#view.first);
      const end = Math.min(to, this.#view.end, first + MOST_ROWS);
      for (let ordinal = first; ordinal < end; ordinal++) {
        const row = this.#row(ordinal);
        if (row) {
          rows.push(row);
        }
      }
    }
    this.#post({ type: 'rows', request, generation, rows });
  }

  #row(ordinal: number): Row | undefined {
    const { store, levels } = this.#intake;
    const number = this.#view.rowAt(ordinal);
    const stored = number === undefined ? undefined : store.row(number);
    const slab = number === undefined ? undefined : store.slabOf(number);
    if (number === undefined || !stored || !slab) {
      return undefined;
    }
    const { source, seq, receivedAt, notice } = stored;
    const decoded = decodeLine(stored.bytes);
    const goesOn = number > store.firstRow && store.row(number - 1)?.continues === true;
    return {
      ordinal,
      row: number,
      source,
      seq,
      ...decoded,
      level: levels.levelAt(slab, number - slab.firstRow),
      time: notice ? receivedAt : detectTime(decoded.text, receivedAt),
      receivedAt,
      entryStart: notice !== undefined || (!goesOn && startsEntry(decoded.text)),
      ...(notice ? { notice } : {}),
    };
  }
}
