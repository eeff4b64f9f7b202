/**
 * Takes pieces into memory, each as `take` makes it; null if they are more than `limit` bytes, the
 * rest of which is not asked for.
 *
 * @param turn lets others work between two pieces; rejects when it was given up.
 */
export async function gather<T>(
  content: AsyncIterable<Uint8Array>,
  limit: number,
  take: (piece: Uint8Array) => T,
  turn: () => Promise<void>,
): Promise<readonly T[] | null> {
  const pieces: T[] = [];
  let length = 0;
  for await (const piece of content) {
    length += piece.length;
    if (length > limit) {
      return null;
    }
    pieces.push(take(piece));
    await turn();
  }
  return pieces;
}

/** One array of all. */
export function joinBytes(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
