import type { Disposable } from '../base/disposable';
import { Emitter, type Event } from '../base/emitter';

/** What the registry needs to know of a stream. */
export interface RegisteredStream extends Disposable {
  /** The key; unique. */
  readonly name: string;
}

/**
 * The streams of a window, keyed by name, in the order they were opened; one of them is active:
 * the one that the status bar and the panel show. Today a new stream takes the place of the one
 * before; nothing outside {@link StreamRegistry.open} relies on that.
 */
export class StreamRegistry<Stream extends RegisteredStream> implements Disposable {
  readonly #streams = new Map<string, Stream>();
  readonly #changed = new Emitter<void>();
  #active: string | undefined;

  /** Streams came or went, or another one became active. */
  readonly onDidChange: Event<void> = this.#changed.event;

  get active(): Stream | undefined {
    return this.#active === undefined ? undefined : this.#streams.get(this.#active);
  }

  get all(): readonly Stream[] {
    return [...this.#streams.values()];
  }

  get(name: string): Stream | undefined {
    return this.#streams.get(name);
  }

  /** Adds a stream and makes it the active one; the others are disposed. */
  open(stream: Stream): void {
    const others = this.all.filter((other) => other !== stream);
    this.#streams.clear();
    this.#streams.set(stream.name, stream);
    this.#active = stream.name;
    this.#changed.fire();
    for (const other of others) {
      other.dispose();
    }
  }

  /** Disposes all streams. */
  dispose(): void {
    const all = this.all;
    this.#streams.clear();
    this.#active = undefined;
    this.#changed.dispose();
    for (const stream of all) {
      stream.dispose();
    }
  }
}
