/** The only source of randomness in the product; injected, so that schedules can be replayed. */
export interface Random {
  /** A number in [0, 1), uniformly distributed. */
  next(): number;
}

/** The runtime's own generator. Not for secrets: tokens come from the runtime's cryptography. */
export const systemRandom: Random = { next: () => Math.random() };

/**
 * A generator that repeats its sequence for a seed (mulberry32: 32 bits of state, passes
 * PractRand to 2^32 numbers, enough for jitter and for choosing faults).
 */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  return {
    next() {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
    },
  };
}
