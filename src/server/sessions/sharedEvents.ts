import type { EventItem } from '../logSource';
import type { Delivery } from './delivery';

/** An event that several sources have in common. */
export type SharedEvent = EventItem & Required<Pick<EventItem, 'id' | 'sharedBy'>>;

export function isShared(item: EventItem): item is SharedEvent {
  return item.id !== undefined && item.sharedBy !== undefined;
}

/**
 * Has a client told once, by the first source it follows of those concerned, what several sources have
 * in their place between the lines: such as the end of a command, whose two outputs are two sources. It
 * comes behind the last line before it of each, and before the first line behind it of each; so a delivery
 * that has come to it waits for the others that are still on their way to it.
 */
export class SharedEvents {
  readonly #deliveries: ReadonlyMap<string, Delivery>;
  readonly #tell: (source: string, event: EventItem) => void;
  readonly #waiting = new Map<Delivery, SharedEvent>();

  /** `deliveries`: those of a session, by the id of their source. */
  constructor(deliveries: ReadonlyMap<string, Delivery>, tell: (source: string, event: EventItem) => void) {
    this.#deliveries = deliveries;
    this.#tell = tell;
  }

  /** A delivery has come to it. */
  arrived(delivery: Delivery, event: SharedEvent): void {
    delivery.hold();
    this.#waiting.set(delivery, event);
    this.settle();
  }

  /** Lets go on who has nobody to wait for any more; to be called when a delivery has left, too. */
  settle(): void {
    for (const delivery of [...this.#waiting.keys()]) {
      const event = this.#waiting.get(delivery);
      if (this.#deliveries.get(delivery.source.id) !== delivery) {
        this.#waiting.delete(delivery);
      } else if (event) {
        this.#settle(event);
      }
    }
  }

  #settle(event: SharedEvent): void {
    const deliveries = event.sharedBy.flatMap((id) => this.#deliveries.get(id) ?? []);
    if (deliveries.some(({ reader }) => reader.hasAhead?.(event.id))) {
      return;
    }
    const arrived = deliveries.filter((delivery) => this.#waiting.get(delivery)?.id === event.id);
    const [first] = arrived;
    // One that began behind it: the client was told before, or wanted nothing from so far back.
    if (first && arrived.length === deliveries.length) {
      this.#tell(first.source.id, event);
    }
    for (const delivery of arrived) {
      this.#waiting.delete(delivery);
    }
    for (const delivery of arrived) {
      delivery.release();
    }
  }
}
