import assert from 'node:assert/strict';
import { promises } from 'node:fs';
import { mock } from 'node:test';
import { setTimeout } from 'node:timers/promises';

/** A look that is under way when its file is let go ends first, by the system's time. */
const MOST_ENDING_MS = 5_000;

/**
 * The files that this process opens from now on by `node:fs/promises`, until each is closed. What the collector
 * closes counts as open: Node.js will not go on doing that.
 */
export class OpenFiles {
  readonly #paths = new Map<object, string>();
  readonly #opening;

  constructor() {
    const { open } = promises;
    this.#opening = mock.method(promises, 'open', async (...args: Parameters<typeof open>) => {
      const handle = await open(...args);
      const key = {};
      this.#paths.set(key, String(args[0]));
      const close = handle.close.bind(handle);
      handle.close = () => {
        this.#paths.delete(key);
        return close();
      };
      return handle;
    });
  }

  /** Waits until all are closed; throws where one stays open. */
  async allClosed(): Promise<void> {
    const until = performance.now() + MOST_ENDING_MS;
    while (this.#paths.size > 0 && performance.now() < until) {
      await setTimeout(1);
    }
    assert.deepEqual([...this.#paths.values()], [], 'no file stays open');
  }

  /** Looks at no further ones. */
  dispose(): void {
    this.#opening.mock.restore();
  }
}
