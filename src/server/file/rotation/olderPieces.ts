import { EVENT_KINDS } from '../../../protocol/messages';
import { texts } from '../../../text/texts';
import type { ReadItem } from '../../logSource';
import type { LogFileHandle } from '../bytes/logFileHandle';
import type { FollowingFile, OpenedBetween } from './rotatedFiles';

/** What a file has from an offset on. */
export interface OlderFile {
  readonly kind: 'file';
  readonly generation: LogFileHandle;
  offset: number;
  /** Where the journal goes on with the same file, if it does. */
  readonly end?: number;
  /** When it began, among the files of the journal: see `FileJournal.ageOf`. Older than all of them if left out. */
  readonly age?: number;
}

/** A piece of what lies between a place and the file that is followed now. */
export type OlderPiece =
  | OlderFile
  | { readonly kind: 'item'; readonly item: Exclude<ReadItem, { kind: 'lines' | 'idle' | 'ended' }> };

/**
 * What lies between, in its order, with a word behind each file: that the log was rotated, or that it
 * was cut. The last word is that of the file that is followed now.
 * @param from where the place is, in its file.
 * @param endOf where the journal goes on with a file, if it does.
 */
export function olderPieces(
  name: string,
  between: Exclude<OpenedBetween, { kind: 'continued' }>,
  from: number,
  endOf: (generation: LogFileHandle) => number | undefined = () => undefined,
): OlderPiece[] {
  const file = (of: LogFileHandle, offset: number): OlderPiece => {
    const end = endOf(of);
    return { kind: 'file', generation: of, offset, ...(end === undefined ? {} : { end }) };
  };
  const isCopy = between.kind === 'rotated' && between.place.isCopy;
  const afterEach = isCopy ? gap(texts.server.copiedGap(name)) : rotated(name);
  return [
    ...(between.kind === 'rotated' ? [file(between.place.generation, from)] : []),
    afterEach,
    ...between.following.flatMap((next) =>
      next.kind === 'file' ? [file(next.generation, 0), afterEach] : [gap(reasonOf(name, next))],
    ),
  ];
}

/** Closes the files of pieces that nobody wants. */
export function releasePieces(pieces: readonly OlderPiece[]): void {
  for (const piece of pieces) {
    if (piece.kind === 'file') {
      piece.generation.release();
    }
  }
}

function rotated(name: string): OlderPiece {
  return { kind: 'item', item: { kind: 'event', event: EVENT_KINDS.rotated, text: texts.server.rotated(name) } };
}

function gap(reason: string): OlderPiece {
  return { kind: 'item', item: { kind: 'gap', count: null, reason } };
}

function reasonOf(name: string, missing: Exclude<FollowingFile, { kind: 'file' }>): string {
  switch (missing.kind) {
    case 'compressed':
      return texts.server.compressedBetween(missing.name);
    case 'left out':
      return texts.server.leftOut(name, missing.files, missing.bytes);
    case 'unknown':
      return texts.server.rotationsUnknown(name);
  }
}
