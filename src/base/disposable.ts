/** Something that holds a resource until it is disposed. Disposing twice is harmless. */
export interface Disposable {
  dispose(): void;
}

/** Wraps a function as a {@link Disposable} that runs it at most once. */
export function toDisposable(onDispose: () => void): Disposable {
  let pending: (() => void) | undefined = onDispose;
  return {
    dispose() {
      const run = pending;
      pending = undefined;
      run?.();
    },
  };
}

/**
 * Owns disposables and disposes them together, last added first.
 *
 * Adding to a store that is already disposed disposes the newcomer at once: an asynchronous start
 * that finishes after the stop would otherwise leave its resource behind for good.
 */
export class DisposableStore implements Disposable {
  readonly #items = new Set<Disposable>();
  #disposed = false;

  get isDisposed(): boolean {
    return this.#disposed;
  }

  add<T extends Disposable>(item: T): T {
    if (this.#disposed) {
      item.dispose();
    } else {
      this.#items.add(item);
    }
    return item;
  }

  /** Disposes one member and forgets it. */
  remove(item: Disposable): void {
    if (this.#items.delete(item)) {
      item.dispose();
    }
  }

  /** Disposes everything held and stays usable. */
  clear(): void {
    const items = [...this.#items].reverse();
    this.#items.clear();
    for (const item of items) {
      item.dispose();
    }
  }

  dispose(): void {
    this.#disposed = true;
    this.clear();
  }
}
