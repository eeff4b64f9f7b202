import { EVENT_KINDS } from '../../../protocol/messages';
import { texts } from '../../../text/texts';
import { findLinesBack, LOOKED_BACK_BYTES } from '../bytes/fileBackwards';
import type { FileReader } from '../fileReader';
import { newReader, type PlacedFile, placeAt } from './readerPlaces';

/** A reader of the last lines, also of those from before a rotation. */
export async function openLast(file: PlacedFile, lines: number | 'all', signal?: AbortSignal): Promise<FileReader> {
  const { journal } = file;
  if (lines === 'all') {
    return newReader(file, await placeAt(file, journal.first));
  }
  // Backwards over the journal, so that lines from before a rotation count too.
  let wanted = lines;
  let isGivenUp = false;
  const last = journal.at(journal.end - 1);
  let index = last?.kind === 'extent' ? journal.end - 1 : journal.end;
  let offset = last?.kind === 'extent' ? last.end : 0;
  for (let at = journal.end - 1; at >= journal.first && wanted > 0 && !isGivenUp; at--) {
    const entry = journal.at(at);
    if (entry?.kind === 'gap' || (entry?.kind === 'extent' && entry.generation.isCut)) {
      break;
    }
    if (entry?.kind === 'extent') {
      const back = await findLinesBack(entry.generation, entry.start, entry.end, wanted, signal);
      isGivenUp = back.isGivenUp;
      // Who begins in a file that had nothing to give would get, on return, what it had before the server's time.
      if (back.lines > 0) {
        wanted -= back.lines;
        index = at;
        offset = back.offset;
      }
    }
  }
  const place = await placeAt(file, index, offset);
  const reader = newReader(file, place);
  if (isGivenUp) {
    const text = texts.server.linesGivenUp(file.name, lines - wanted, LOOKED_BACK_BYTES);
    reader.readFirst([{ kind: 'item', item: { kind: 'event', event: EVENT_KINDS.skipped, text } }], place, place);
  }
  return reader;
}
