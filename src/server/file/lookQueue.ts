/** Looks at a file one after the other: while one is under way one more is to come, which all share who ask meanwhile. */
export class LookQueue {
  readonly #look: () => Promise<void>;
  readonly #looked: () => void;
  #looking: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  /** `look` never rejects; `looked` comes behind each, still as a part of it. */
  constructor(look: () => Promise<void>, looked: () => void) {
    this.#look = look;
    this.#looked = looked;
  }

  get isLooking(): boolean {
    return this.#looking !== undefined;
  }

  /** Looks. What is found was there when this was called, or came later. */
  ask(): Promise<void> {
    const looking = this.#looking;
    if (!looking) {
      this.#looking = this.#lookOnce();
      return this.#looking;
    }
    this.#next ??= looking.then(() => {
      this.#next = undefined;
      this.#looking = this.#lookOnce();
      return this.#looking;
    });
    return this.#next;
  }

  /** Waits for the looks that were asked for so far. */
  async done(): Promise<void> {
    await (this.#next ?? this.#looking);
  }

  async #lookOnce(): Promise<void> {
    await this.#look();
    this.#looked();
    if (!this.#next) {
      this.#looking = undefined;
    }
  }
}
