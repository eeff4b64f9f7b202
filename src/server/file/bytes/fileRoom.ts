import type { FileHandle } from 'node:fs/promises';
import { readAt } from './fileIdentity';
import { withoutLastNuls } from './holes';

/** Room at the end of a file that is searched for text byte by byte. */
const SEARCHED_BYTES = 64 * 1024 * 1024;
/** Read at a time. */
const PIECE_BYTES = 256 * 1024;

/**
 * Where the text of a file ends that has NULs behind it: room for what is yet to be written. The last
 * `mostBytes` are all looked at. Of longer room only probes are: a file that was made in full size is
 * filled from the front, so what lies before a probe without text is searched, and what lies behind one is not.
 */
export async function endOfTextIn(
  handle: FileHandle,
  size: number,
  unit: 1 | 2,
  mostBytes: number = SEARCHED_BYTES,
): Promise<number> {
  /** Where the text ends in the piece before `end`, and where the piece begins; the end is 0 where it has none. */
  const lookBefore = async (end: number) => {
    const start = Math.max(0, end - PIECE_BYTES);
    const from = start + (start % 2);
    const text = withoutLastNuls(await readAt(handle, from, end - from), unit);
    return { from, text: text > 0 ? from + text : 0 };
  };
  let room = size;
  while (room > 0 && size - room < mostBytes) {
    const { from, text } = await lookBefore(room);
    if (text > 0) {
      return text;
    }
    room = from;
  }
  // Further and further to the front, until there is text; then halfway between that and the room.
  let text = 0;
  for (let step = mostBytes; room > 0 && text === 0; step *= 2) {
    const at = Math.max(0, room - step);
    const found = await lookBefore(Math.min(at + PIECE_BYTES, room));
    text = found.text;
    room = text > 0 ? room : found.from;
  }
  while (room - text > PIECE_BYTES) {
    const found = await lookBefore(even(text + (room - text) / 2));
    if (found.text > text) {
      text = found.text;
    } else {
      room = found.from;
    }
  }
  return room > text ? Math.max(text, (await lookBefore(room)).text) : text;
}

const even = (offset: number) => 2 * Math.ceil(offset / 2);
