import type { Flow } from './flow';
import type { EventItem } from './sources/source';

/** An event that several sources have in common. */
export type SharedEvent = EventItem & Required<Pick<EventItem, 'id' | 'sharedBy'>>;

export function isShared(item: EventItem): item is SharedEvent {
  return item.id !== undefined && item.sharedBy !== undefined;
}

/**
 * Has a client told once, by the first source it follows of those concerned, what several sources have
 * in their place between the lines: such as the end of a command, whose two outputs are two sources. It
 * comes behind the last line before it of each, and before the first line behind it of each; so a flow
 * that has come to it waits for the others that are still on their way to it.
 */
export class SharedEvents {
  readonly #flows: ReadonlyMap<string, Flow>;
  readonly #tell: (source: string, event: EventItem) => void;
  readonly #waiting = new Map<Flow, SharedEvent>();

  /** `flows`: those of a session, by the id of their source. */
  constructor(flows: ReadonlyMap<string, Flow>, tell: (source: string, event: EventItem) => void) {
    this.#flows = flows;
    this.#tell = tell;
  }

  /** A flow has come to it. */
  arrived(flow: Flow, event: SharedEvent): void {
    flow.hold();
    this.#waiting.set(flow, event);
    this.settle();
  }

  /** Lets go on who has nobody to wait for any more; to be called when a flow has left, too. */
  settle(): void {
    for (const flow of [...this.#waiting.keys()]) {
      const event = this.#waiting.get(flow);
      if (this.#flows.get(flow.source.id) !== flow) {
        this.#waiting.delete(flow);
      } else if (event) {
        this.#settle(event);
      }
    }
  }

  #settle(event: SharedEvent): void {
    const flows = event.sharedBy.flatMap((id) => this.#flows.get(id) ?? []);
    if (flows.some(({ reader }) => reader.hasAhead?.(event.id))) {
      return;
    }
    const arrived = flows.filter((flow) => this.#waiting.get(flow)?.id === event.id);
    const [first] = arrived;
    // One that began behind it: the client was told before, or wanted nothing from so far back.
    if (first && arrived.length === flows.length) {
      this.#tell(first.source.id, event);
    }
    for (const flow of arrived) {
      this.#waiting.delete(flow);
    }
    for (const flow of arrived) {
      flow.release();
    }
  }
}
