import { randomBytes } from 'node:crypto';
import type { Clock } from '../../base/clock';
import type { Disposable } from '../../base/disposable';
import { Emitter } from '../../base/emitter';
import { LIMITS } from '../../protocol/limits';
import type { SourceExit, SourceKind, SourceState } from '../../protocol/messages';
import { texts } from '../../text/texts';
import type { CutLines } from '../lineCutter';
import type {
  EventItem,
  HistoryAnswer,
  HistoryRequest,
  LinesItem,
  LogSource,
  ReadItem,
  SourceReader,
  StartingPoint,
} from '../logSource';
import { batchBefore, batchFrom, Ring, type RingBatch } from './ring';

export interface RingSourceOptions {
  readonly id: string;
  readonly name: string;
  readonly kind: SourceKind;
  readonly capacityBytes: number;
  readonly clock: Clock;
  /** The whole command line whose output it is. */
  readonly command?: string;
}

interface PlacedEvent {
  readonly seq: number;
  readonly item: EventItem & { readonly id: string };
}

/** Events are few; this bounds a command that restarts forever. */
const MOST_EVENTS = 100;

/** A source that lies in no file: its last lines are held in a ring, numbered from 0 in this run. */
export class RingSource implements LogSource {
  readonly id: string;
  readonly name: string;
  readonly kind: SourceKind;
  readonly command: string | undefined;
  /** A run of this process: after a restart the numbers mean other lines. */
  readonly epoch = randomBytes(6).toString('hex');
  readonly #clock: Clock;
  readonly #ring: Ring;
  readonly #changed = new Emitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #readers = new Set<RingReader>();
  readonly #readOn = new Emitter<void>();
  /** A reader moved, came or went: there may be room for a writer that waits. */
  readonly onDidRead = this.#readOn.event;
  #events: PlacedEvent[] = [];
  #eventsDropped = 0;
  #state: SourceState = 'live';
  #exit: SourceExit | undefined;
  #partial = '';

  constructor(options: RingSourceOptions) {
    this.id = options.id;
    this.name = options.name;
    this.kind = options.kind;
    this.command = options.command;
    this.#clock = options.clock;
    this.#ring = new Ring(options.capacityBytes);
  }

  get state(): SourceState {
    return this.#state;
  }

  get exit(): SourceExit | undefined {
    return this.#exit;
  }

  get partial(): string {
    return this.#partial;
  }

  /** It has ended, and every reader has come to that end. */
  get isReadToEnd(): boolean {
    return this.#state === 'ended' && [...this.#readers].every((reader) => reader.isAtEnd);
  }

  get ring(): Ring {
    return this.#ring;
  }

  append(lines: CutLines): void {
    this.#partial = '';
    this.#ring.append({ ...lines, receivedAt: this.#clock.wallTime() });
    this.#changed.fire();
  }

  /** Says something that concerns several sources, in its place between the lines of each. */
  static addSharedEvent(sources: readonly RingSource[], id: string, event: string, text: string): void {
    const item = { kind: 'event', event, text, id, sharedBy: sources.map((source) => source.id) } as const;
    // All have it before the first reader comes to it, who would else not know of the others.
    for (const source of sources) {
      source.#place(item);
    }
    for (const source of sources) {
      source.#changed.fire();
    }
  }

  /** Says something in its place between the lines. */
  addEvent(event: string, text: string): void {
    this.#place({ kind: 'event', event, text, id: `${this.epoch}-${this.#eventsDropped + this.#events.length}` });
    this.#changed.fire();
  }

  #place(item: PlacedEvent['item']): void {
    this.#events.push({ seq: this.#ring.nextSeq, item });
    if (this.#events.length > MOST_EVENTS) {
      this.#events.shift();
      this.#eventsDropped++;
    }
  }

  /** `exit`: how it ended, with the state `ended`. */
  setState(state: SourceState, exit?: SourceExit): void {
    this.#state = state;
    this.#exit = exit;
    this.#changed.fire();
  }

  setPartial(text: string): void {
    if (text !== this.#partial) {
      this.#partial = text;
      this.#changed.fire();
    }
  }

  /**
   * Whether `bytes` more can come in without a connected client missing anything. Without any client
   * nothing makes room: the next one may want all of it.
   */
  canTake(bytes: number): boolean {
    while (!this.#ring.hasRoomFor(bytes) && this.#ring.firstSeq < this.#ring.nextSeq) {
      const first = this.#ring.batchAt(this.#ring.firstSeq);
      const readByAll =
        this.#readers.size > 0 &&
        first !== undefined &&
        [...this.#readers].every((reader) => reader.nextSeq >= first.seq + first.count);
      if (!readByAll) {
        return false;
      }
      this.#ring.dropFirst();
    }
    return true;
  }

  async open(start: StartingPoint): Promise<SourceReader> {
    const reader = new RingReader(this, start, () => this.#readers.delete(reader), this.#readOn);
    this.#readers.add(reader);
    // One that begins at the end wants nothing of what is held.
    this.#readOn.fire();
    return reader;
  }

  /** Index of the first event behind line `seq`, counted from the first event ever. */
  eventIndexAt(seq: number): number {
    const found = this.#events.findIndex((event) => event.seq >= seq);
    return this.#eventsDropped + (found === -1 ? this.#events.length : found);
  }

  /** Whether the event with this id has that index or a later one. */
  hasEventFrom(index: number, id: string): boolean {
    const found = this.#events.findIndex(({ item }) => item.id === id);
    return found !== -1 && found + this.#eventsDropped >= index;
  }

  /** The event with this index, or the oldest still held. */
  eventAt(index: number): { readonly index: number; readonly event: PlacedEvent } | undefined {
    const at = Math.max(0, index - this.#eventsDropped);
    const event = this.#events[at];
    return event && { index: at + this.#eventsDropped, event };
  }

  async history(request: HistoryRequest): Promise<HistoryAnswer> {
    if (request.epoch !== this.epoch) {
      return { linesInAll: 0, batches: none(), note: texts.server.historyOtherRun(this.name) };
    }
    const end = Math.min(request.beforeSeq, this.#ring.nextSeq);
    const begin = Math.max(this.#ring.firstSeq, end - request.lines);
    if (end !== request.beforeSeq || begin >= end) {
      return { linesInAll: 0, batches: none(), note: texts.server.historyNotKept(this.name) };
    }
    return {
      linesInAll: end - begin,
      batches: ringBatches(this.#ring, begin, end),
      note: begin > end - request.lines ? texts.server.historyNotKept(this.name) : '',
    };
  }

  dispose(): void {
    this.#changed.dispose();
    this.#readOn.dispose();
  }
}

async function* none(): AsyncIterable<LinesItem> {}

async function* ringBatches(ring: Ring, begin: number, end: number): AsyncIterable<LinesItem> {
  for (let seq = begin; seq < end; ) {
    const batch = ring.batchAt(seq);
    if (!batch) {
      return;
    }
    const part = batchBefore(batchFrom(batch, seq), end);
    seq += part.count;
    yield toItem(part);
  }
}

function toItem(batch: RingBatch): LinesItem {
  return {
    kind: 'lines',
    bytes: batch.bytes,
    count: batch.count,
    cursor: null,
    receivedAt: batch.receivedAt,
    ...(batch.continues ? { continues: true } : {}),
  };
}

class RingReader implements SourceReader, Disposable {
  readonly epoch: string;
  readonly firstSeq: number;
  readonly #source: RingSource;
  readonly #onDispose: () => void;
  readonly #moved: Emitter<void>;
  #nextSeq: number;
  #nextEvent: number;
  #lost: string | undefined;
  #isAtEnd = false;

  constructor(source: RingSource, start: StartingPoint, onDispose: () => void, moved: Emitter<void>) {
    this.#source = source;
    this.#onDispose = onDispose;
    this.#moved = moved;
    this.epoch = source.epoch;
    const { ring } = source;
    let first: number;
    if (start.kind === 'last') {
      first = start.lines === 'all' ? ring.firstSeq : Math.max(ring.firstSeq, ring.nextSeq - start.lines);
    } else if (start.position.epoch === source.epoch && start.position.nextSeq <= ring.nextSeq) {
      first = start.position.nextSeq;
    } else {
      first = ring.firstSeq;
      this.#lost = texts.server.otherRun(source.name);
    }
    this.firstSeq = first;
    this.#nextSeq = first;
    this.#nextEvent = source.eventIndexAt(first);
  }

  get nextSeq(): number {
    return this.#nextSeq;
  }

  /** {@link read} has said that nothing more comes. */
  get isAtEnd(): boolean {
    return this.#isAtEnd;
  }

  cursor(): null {
    return null;
  }

  hasAhead(eventId: string): boolean {
    return this.#source.hasEventFrom(this.#nextEvent, eventId);
  }

  read(): ReadItem {
    if (this.#lost !== undefined) {
      const reason = this.#lost;
      this.#lost = undefined;
      return { kind: 'gap', count: null, reason };
    }
    const { ring } = this.#source;
    if (this.#nextSeq < ring.firstSeq) {
      const count = ring.firstSeq - this.#nextSeq;
      this.#nextSeq = ring.firstSeq;
      return { kind: 'gap', count, reason: texts.server.overwritten(this.#source.name) };
    }
    const placed = this.#source.eventAt(this.#nextEvent);
    if (placed && placed.event.seq <= this.#nextSeq) {
      this.#nextEvent = placed.index + 1;
      return placed.event.item;
    }
    const item = this.#lines(placed?.event.seq ?? Number.POSITIVE_INFINITY);
    if (item) {
      this.#nextSeq += item.count;
      this.#moved.fire();
      return item;
    }
    this.#isAtEnd = this.#source.state === 'ended';
    return this.#isAtEnd ? { kind: 'ended' } : { kind: 'idle' };
  }

  /** What is held from here on, up to a frame's worth: who catches up gets no storm of tiny frames. */
  #lines(before: number): LinesItem | undefined {
    const { ring } = this.#source;
    const parts: RingBatch[] = [];
    let bytes = 0;
    for (let seq = this.#nextSeq; seq < Math.min(before, ring.nextSeq) && bytes < LIMITS.framePayloadBytes / 4; ) {
      const held = ring.batchAt(seq);
      if (!held) {
        break;
      }
      const part = batchBefore(batchFrom(held, seq), before);
      if (parts.length > 0 && part.continues) {
        break;
      }
      parts.push(part);
      bytes += part.bytes.length;
      seq += part.count;
      if (part.continues) {
        break;
      }
    }
    const first = parts[0];
    if (!first) {
      return undefined;
    }
    return parts.length === 1
      ? toItem(first)
      : {
          ...toItem(first),
          bytes: Buffer.concat(parts.map((part) => part.bytes)),
          count: parts.reduce((sum, part) => sum + part.count, 0),
        };
  }

  dispose(): void {
    this.#onDispose();
    this.#moved.fire();
  }
}
