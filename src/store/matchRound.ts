/**
 * One attempt to tell which rows of a stretch match. It may have to be made again: when there is time
 * for more, or when what was asked elsewhere has been answered. What it says until then is void.
 */
export class MatchRound {
  readonly #hasTime: () => boolean;
  #lacks: 'time' | 'answers' | null = null;
  #hasLooked = false;
  #isFull = false;

  constructor(hasTime: () => boolean) {
    this.#hasTime = hasTime;
  }

  /** What it lacks to be certain of what it says, or null. */
  get lacks(): 'time' | 'answers' | null {
    return this.#lacks;
  }

  /** Whether there is time to look at a line more. There is for one in each round: they come to an end. */
  mayLook(): boolean {
    if (!this.#isFull && (!this.#hasLooked || this.#hasTime())) {
      this.#hasLooked = true;
      return true;
    }
    this.#lacks = this.#isFull ? 'answers' : 'time';
    return false;
  }

  /** Something it met is asked elsewhere. */
  awaitAnswer(): void {
    this.#lacks ??= 'answers';
  }

  /** No more can be asked for now, so there is no use in going on. */
  awaitRoom(): void {
    this.#isFull = true;
    this.#lacks = 'answers';
  }
}

/** A round that goes on to its end whatever time that takes; for few rows. */
export function wholeRound(): MatchRound {
  return new MatchRound(() => true);
}
