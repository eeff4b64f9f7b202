import type { Disposable } from '../../base/disposable';
import type { Channel } from './channel';
import type { Delivery } from './delivery';
import type { Outgoing } from './outgoing';
import type { SessionServer } from './sessionServer';

interface Marked {
  /** Monotonic ms of the last frame or mark of the source. */
  sentAt: number;
  /** A mark was due for which the socket had no room. */
  isOwed: boolean;
}

/** Tells a client where it stands in a source of which nothing else comes (PROTOCOL.md section 7). */
export class Marks implements Disposable {
  readonly #server: SessionServer;
  readonly #channel: Channel;
  readonly #outgoing: Outgoing;
  readonly #deliveries: () => Iterable<Delivery>;
  readonly #marked = new WeakMap<Delivery, Marked>();
  #timer: Disposable | undefined;

  /** @param deliveries those that are marked. */
  constructor(server: SessionServer, channel: Channel, outgoing: Outgoing, deliveries: () => Iterable<Delivery>) {
    this.#server = server;
    this.#channel = channel;
    this.#outgoing = outgoing;
    this.#deliveries = deliveries;
  }

  /** Marks from now on what has been quiet for long enough. */
  start(): void {
    const { clock, timings } = this.#server;
    const now = clock.now();
    let due = now + timings.markMs;
    for (const delivery of this.#deliveries()) {
      const { sentAt } = this.#of(delivery);
      if (now - sentAt < timings.markMs - 1) {
        due = Math.min(due, sentAt + timings.markMs);
      } else {
        this.soon(delivery);
      }
    }
    this.#timer = clock.schedule(Math.max(1, due - now), () => this.start());
  }

  /** Something of a source was sent: it needs no mark for a while. */
  sent(delivery: Delivery): void {
    this.#of(delivery).sentAt = this.#server.clock.now();
  }

  /** Marks a source now, or as soon as there is room. */
  soon(delivery: Delivery): void {
    const hasRoom = this.#channel.hasRoom();
    this.#of(delivery).isOwed = !hasRoom;
    if (hasRoom) {
      this.mark(delivery);
    }
  }

  /** Marks a source now. */
  mark(delivery: Delivery): void {
    this.#of(delivery).isOwed = false;
    this.sent(delivery);
    this.#outgoing.send({
      type: 'mark',
      source: delivery.source.id,
      epoch: delivery.epoch,
      nextSeq: delivery.nextSeq,
      cursor: delivery.reader.cursor(),
      reconnectWindowMs: this.#server.reconnectWindowMs(),
    });
  }

  /** There is room for a mark that was due. While lines wait, it is still to come. */
  roomAgain(delivery: Delivery): void {
    if (this.#of(delivery).isOwed && !delivery.isWaiting) {
      this.soon(delivery);
    }
  }

  dispose(): void {
    this.#timer?.dispose();
  }

  #of(delivery: Delivery): Marked {
    let marked = this.#marked.get(delivery);
    if (marked === undefined) {
      marked = { sentAt: 0, isOwed: false };
      this.#marked.set(delivery, marked);
    }
    return marked;
  }
}
