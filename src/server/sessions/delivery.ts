import type { Clock } from '../../base/clock';
import type { Disposable } from '../../base/disposable';
import type { EventItem, GapItem, LinesItem, LogSource, ReadItem, SourceReader } from '../logSource';
import { Retry } from '../retry';
import { Numbering } from './numbering';

/** What a delivery hands to its session. Every number is final when it is told. */
export interface DeliverySink {
  /** Whether the socket takes more now. */
  hasRoom(): boolean;
  /** `seq`: the number of the first line. */
  lines(delivery: Delivery, item: LinesItem, seq: number): void;
  /** Lines are missing: those numbered from `from` up to but not with `to`; or nobody knows how many, and both are the same. */
  gap(delivery: Delivery, item: GapItem, from: number, to: number): void;
  event(delivery: Delivery, item: EventItem): void;
  /** Everything there is was sent; more may come. */
  caughtUp(delivery: Delivery): void;
  ended(delivery: Delivery): void;
  sourceChanged(delivery: Delivery): void;
  /** It could not be read. Told once; it is tried again until {@link Delivery.isFailing} holds no more. */
  failed(delivery: Delivery, error: unknown): void;
}

/** One source on its way to one client: reads while the socket has room, and waits for more. */
export class Delivery implements Disposable {
  readonly source: LogSource;
  readonly reader: SourceReader;
  readonly #numbering: Numbering;
  #isCaughtUp = false;
  #hasEnded = false;
  #held = false;
  readonly #sink: DeliverySink;
  readonly #subscription: Disposable;
  readonly #retry: Retry;
  readonly #left = new AbortController();
  #reading = false;
  #disposed = false;

  constructor(source: LogSource, reader: SourceReader, sink: DeliverySink, clock: Clock) {
    this.source = source;
    this.reader = reader;
    this.#numbering = new Numbering(reader.epoch, reader.firstSeq);
    this.#sink = sink;
    this.#retry = new Retry(clock);
    this.#subscription = source.onDidChange(() => {
      if (this.#hasEnded && source.state !== 'ended') {
        // A command that runs again: more comes after all.
        this.#hasEnded = false;
        this.#isCaughtUp = false;
      }
      sink.sourceChanged(this);
      this.pump();
    });
  }

  get epoch(): string {
    return this.#numbering.epoch;
  }

  /** The number that the next line gets. */
  get nextSeq(): number {
    return this.#numbering.next;
  }

  /** Everything that there is was sent. */
  get isCaughtUp(): boolean {
    return this.#isCaughtUp;
  }

  /** Everything was sent, and nothing more will come. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** There is something to send that the socket has no room for. */
  get isWaiting(): boolean {
    return !this.#isCaughtUp && !this.#hasEnded;
  }

  /** Aborted once the client has left the source. */
  get left(): AbortSignal {
    return this.#left.signal;
  }

  /** Reads no further until {@link release}. */
  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    this.pump();
  }

  /** The last read failed. It is tried again with growing waits, whatever happens to the source meanwhile. */
  get isFailing(): boolean {
    return this.#retry.failures > 0;
  }

  /** Sends what there is while there is room. Live lines, already in memory, go out before it returns. */
  pump(): void {
    while (this.#mayRead() && this.#sink.hasRoom()) {
      const next = this.reader.read();
      if (next instanceof Promise) {
        this.#reading = true;
        next
          .then((item) => {
            this.#reading = false;
            if (!this.#disposed && this.#take(item)) {
              this.pump();
            }
          })
          // Also what goes wrong on the way to the client: an error that nobody catches ends the server.
          .catch((error: unknown) => {
            this.#reading = false;
            if (!this.#disposed) {
              this.#fail(error);
            }
          });
        return;
      }
      if (!this.#take(next)) {
        return;
      }
    }
    if (!this.#reading && !this.#disposed && !this.#sink.hasRoom()) {
      this.#isCaughtUp = false;
    }
  }

  dispose(): void {
    this.#disposed = true;
    this.#left.abort();
    this.#retry.dispose();
    this.#subscription.dispose();
    this.reader.dispose();
  }

  #mayRead(): boolean {
    return !this.#reading && !this.#held && !this.#retry.isWaiting && !this.#disposed && !this.#hasEnded;
  }

  /** A quiet file gives no other occasion to read on, so the delivery makes its own. */
  #fail(error: unknown): void {
    this.#isCaughtUp = false;
    this.#retry.failed(() => this.pump());
    if (this.#retry.failures === 1) {
      this.#sink.failed(this, error);
    }
  }

  /** Whether there may be more at once. */
  #take(item: ReadItem): boolean {
    if (this.isFailing) {
      this.#retry.succeeded();
      this.#sink.sourceChanged(this);
    }
    switch (item.kind) {
      case 'idle':
        if (!this.#isCaughtUp) {
          this.#isCaughtUp = true;
          this.#sink.caughtUp(this);
        }
        return false;
      case 'ended':
        this.#hasEnded = true;
        this.#sink.ended(this);
        return false;
      default:
        this.#isCaughtUp = false;
        this.#hand(item);
        return true;
    }
  }

  #hand(item: LinesItem | GapItem | EventItem): void {
    switch (item.kind) {
      case 'lines':
        this.#sink.lines(this, item, this.#numbering.take(item.count));
        break;
      case 'gap': {
        const from = this.#numbering.take(item.count ?? 0);
        this.#sink.gap(this, item, from, this.nextSeq);
        break;
      }
      case 'event':
        this.#sink.event(this, item);
        break;
    }
  }
}
