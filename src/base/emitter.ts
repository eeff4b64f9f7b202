import { type Disposable, toDisposable } from './disposable';

/** Subscribes a listener; dispose the result to unsubscribe. */
export type Event<T> = (listener: (value: T) => void) => Disposable;

/** What an {@link Emitter} does with an error that a listener throws. */
type ListenerErrorHandler = (error: unknown) => void;

function rethrowLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

/**
 * A typed source of events. Listeners run in the order of subscription, over a snapshot of the
 * list: one that unsubscribes another while an event is delivered does not disturb that delivery.
 * A listener that throws does not keep the event from the others; by default its error is thrown
 * from a microtask, so that it reaches the runtime's handler of uncaught errors.
 */
export class Emitter<T> implements Disposable {
  #listeners: readonly { readonly call: (value: T) => void }[] = [];
  readonly #onListenerError: ListenerErrorHandler;

  constructor(onListenerError: ListenerErrorHandler = rethrowLater) {
    this.#onListenerError = onListenerError;
  }

  readonly event: Event<T> = (listener) => {
    const entry = { call: listener };
    this.#listeners = [...this.#listeners, entry];
    return toDisposable(() => {
      this.#listeners = this.#listeners.filter((other) => other !== entry);
    });
  };

  /** How many listeners are subscribed; tests use it to find leaks. */
  get listenerCount(): number {
    return this.#listeners.length;
  }

  fire(value: T): void {
    for (const listener of this.#listeners) {
      try {
        listener.call(value);
      } catch (error) {
        this.#onListenerError(error);
      }
    }
  }

  dispose(): void {
    this.#listeners = [];
  }
}
