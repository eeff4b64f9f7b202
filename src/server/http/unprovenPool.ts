import type { Clock } from '../../base/clock';
import type { Disposable } from '../../base/disposable';

/**
 * Why a peer lost its place: there are as many newer ones as there are places, or it has had all the
 * time there is.
 */
export type DropReason = 'crowdedOut' | 'late';

export interface UnprovenLimits {
  /** Places, at least 1. */
  readonly most: number;
  /** How long a peer may have its place, in ms from when it came. */
  readonly deadlineMs: number;
}

/**
 * The peers that have yet to prove who they are. They have a few places of their own and a deadline, so
 * that whatever they do costs a bounded amount, and takes nothing from those that have proved it.
 *
 * Where there is no place left, the oldest goes and not the newest: who has something to prove does it in
 * the first moments, and so gets its turn whoever else comes.
 */
export class UnprovenPool<Peer> {
  readonly #clock: Clock;
  readonly #limits: UnprovenLimits;
  readonly #drop: (peer: Peer, why: DropReason) => void;
  /** With their deadlines, the oldest first. */
  readonly #waiting = new Map<Peer, Disposable>();

  /** @param drop ends the connection of one that has lost its place. */
  constructor(clock: Clock, limits: UnprovenLimits, drop: (peer: Peer, why: DropReason) => void) {
    this.#clock = clock;
    this.#limits = limits;
    this.#drop = drop;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Whether a peer has neither proved who it is nor gone. */
  has(peer: Peer): boolean {
    return this.#waiting.has(peer);
  }

  /** Gives a place to one that has just come. */
  enter(peer: Peer): void {
    if (this.#waiting.size >= this.#limits.most) {
      this.#dropOldest();
    }
    const { deadlineMs } = this.#limits;
    this.#waiting.set(
      peer,
      this.#clock.schedule(deadlineMs, () => this.#end(peer, 'late')),
    );
  }

  /** A peer has proved who it is, or has gone. False: it had no place any more. */
  leave(peer: Peer): boolean {
    this.#waiting.get(peer)?.dispose();
    return this.#waiting.delete(peer);
  }

  #dropOldest(): void {
    for (const peer of this.#waiting.keys()) {
      this.#end(peer, 'crowdedOut');
      return;
    }
  }

  #end(peer: Peer, why: DropReason): void {
    // First, so that nothing that dropping it brings about finds it here.
    this.leave(peer);
    this.#drop(peer, why);
  }
}
