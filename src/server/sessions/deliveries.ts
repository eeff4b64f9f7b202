import type { Disposable } from '../../base/disposable';
import { EVENT_KINDS } from '../../protocol/messages';
import type { EventItem, GapItem, LinesItem, LogSource, SourceReader } from '../logSource';
import type { Channel } from './channel';
import { Delivery, type DeliverySink } from './delivery';
import { Marks } from './marks';
import type { Outgoing } from './outgoing';
import type { SessionServer } from './sessionServer';
import { isShared, SharedEvents } from './sharedEvents';
import { ToldStates } from './toldStates';

/** The sources on their way to one client, and what it is told of them. */
export class Deliveries implements DeliverySink, Disposable {
  readonly #server: SessionServer;
  readonly #channel: Channel;
  readonly #outgoing: Outgoing;
  readonly #onEnded: () => void;
  readonly #byId = new Map<string, Delivery>();
  readonly #sharedEvents: SharedEvents;
  readonly #states: ToldStates;
  readonly #marks: Marks;

  /** @param onEnded a source has ended, and the client has all of it. */
  constructor(server: SessionServer, channel: Channel, outgoing: Outgoing, onEnded: () => void) {
    this.#server = server;
    this.#channel = channel;
    this.#outgoing = outgoing;
    this.#onEnded = onEnded;
    this.#sharedEvents = new SharedEvents(this.#byId, (source, event) => outgoing.event(source, event));
    this.#states = new ToldStates(channel, outgoing);
    this.#marks = new Marks(server, channel, outgoing, () => this.#byId.values());
  }

  get size(): number {
    return this.#byId.size;
  }

  /** All that there are have ended. */
  get haveEnded(): boolean {
    return [...this.#byId.values()].every((delivery) => delivery.hasEnded);
  }

  of(source: string): Delivery | undefined {
    return this.#byId.get(source);
  }

  /** Whether the client has not left the source of a delivery since it began. */
  holds(delivery: Delivery): boolean {
    return this.#byId.get(delivery.source.id) === delivery;
  }

  /** Quiet sources are marked from now on. */
  startMarks(): void {
    this.#marks.start();
  }

  /** Tells the client of a source that is there now. Nothing is sent of it before {@link Delivery.pump}. */
  announce(source: LogSource, reader: SourceReader): Delivery {
    const delivery = new Delivery(source, reader, this, this.#server.clock);
    this.#byId.set(source.id, delivery);
    this.#states.tellState(delivery);
    return delivery;
  }

  /** Ends what is not wanted any more. */
  keepOnly(wants: (source: string) => boolean): void {
    for (const [id, delivery] of this.#byId) {
      if (!wants(id)) {
        delivery.dispose();
        this.#byId.delete(id);
      }
    }
    this.#sharedEvents.settle();
  }

  /** The client has taken something: what waited goes on. */
  roomAgain(): void {
    for (const delivery of this.#byId.values()) {
      this.#marks.roomAgain(delivery);
      this.#states.roomAgain(delivery);
      if (delivery.isWaiting) {
        delivery.pump();
      }
    }
  }

  dispose(): void {
    this.#marks.dispose();
    for (const delivery of this.#byId.values()) {
      delivery.dispose();
    }
    this.#byId.clear();
  }

  // --- DeliverySink -------------------------------------------------------------------------------

  hasRoom(): boolean {
    return this.#channel.hasRoom();
  }

  lines(delivery: Delivery, item: LinesItem, seq: number): void {
    this.#marks.sent(delivery);
    this.#outgoing.lines(delivery, item, seq, false);
  }

  gap(delivery: Delivery, { count, reason }: GapItem, from: number, to: number): void {
    this.#marks.sent(delivery);
    const { source, epoch } = delivery;
    this.#outgoing.send({ type: 'gap', source: source.id, epoch, from, to, count, reason });
  }

  event(delivery: Delivery, item: EventItem): void {
    this.#marks.sent(delivery);
    if (isShared(item)) {
      this.#sharedEvents.arrived(delivery, item);
    } else {
      this.#outgoing.event(delivery.source.id, item);
    }
  }

  caughtUp(delivery: Delivery): void {
    this.#marks.soon(delivery);
    // A line may have been unfinished since long before the client came.
    this.#states.changed(delivery);
  }

  ended(delivery: Delivery): void {
    this.#states.tellState(delivery);
    this.#outgoing.event(delivery.source.id, { event: EVENT_KINDS.ended, text: '' });
    this.#marks.mark(delivery);
    this.#onEnded();
  }

  sourceChanged(delivery: Delivery): void {
    this.#states.changed(delivery);
  }

  failed(delivery: Delivery, error: unknown): void {
    this.#states.tellState(delivery);
    this.#outgoing.failure(delivery.source, error);
  }
}
