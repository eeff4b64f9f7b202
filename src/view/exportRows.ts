import { parseLine } from '../records/parseLine';
import type { LogStore } from '../store/logStore';
import type { StoreIndexes } from '../store/storeIndexes';
import type { ExportMessage, SourceInfo } from './messages';
import type { RowReader } from './rowReader';

/** Rows of one piece: a few ms of work. Entries are read field by field, text is only copied. */
const PIECE_ROWS = { text: 2000, jsonLines: 200 } as const;
const MOST_BYTES = Number.POSITIVE_INFINITY;
const NEWLINE = '\n';
const NOTHING = new Uint8Array(0);
const encoder = new TextEncoder();

/** What is exported; places never change, so what arrives moves nothing. */
export interface ExportedRows {
  /** Looks for more of the rows; true when all are known. Until then none is written. */
  advance(): boolean;
  /** Resolves when a pattern that has to be matched elsewhere was, if more of the rows waits for that. */
  untilAnswered?(): Promise<void> | undefined;
  /** No more is asked of it. */
  done?(): void;
  /** Places, final once all rows are known: `first <= place < end`. */
  readonly first: number;
  readonly end: number;
  /** The store's row at a place, or undefined for one that has left. */
  rowAt(place: number): number | undefined;
}

/**
 * The content of an export, piece by piece, each made when it is asked for: whoever takes them lets
 * others have their turn in between.
 * `text`: lines exactly as they came, notices left out. `jsonLines`: one object per entry.
 */
export async function* exportRows(
  { format }: Pick<ExportMessage, 'format'>,
  view: ExportedRows,
  {
    store,
    indexes,
    reader,
    sources,
  }: {
    readonly store: LogStore;
    readonly indexes: StoreIndexes;
    readonly reader: RowReader;
    readonly sources: () => readonly SourceInfo[];
  },
): AsyncGenerator<Uint8Array> {
  try {
    while (!view.advance()) {
      // A filter that is still looking: nothing to write yet, but others get their turn.
      const answered = view.untilAnswered?.();
      yield NOTHING;
      await answered;
    }
  } finally {
    // Also where whoever takes the pieces gives up.
    view.done?.();
  }
  const { first, end: last } = view;
  for (let place = first; place < last; ) {
    const parts: Uint8Array[] = [];
    for (const end = Math.min(last, place + PIECE_ROWS[format]); place < end; place++) {
      const row = view.rowAt(place);
      const slab = row === undefined ? undefined : store.slabOf(row);
      if (row === undefined || !slab || slab.isNotice(row - slab.firstRow)) {
        continue;
      }
      if (format === 'text') {
        const { start, end: behind } = {
          start: slab.start(row - slab.firstRow),
          end: slab.start(row - slab.firstRow + 1),
        };
        parts.push(slab.bytes.slice(start, behind));
      } else if (indexes.entries.startsAt(row)) {
        parts.push(encoder.encode(`${JSON.stringify(entryObject(row))}${NEWLINE}`));
      }
    }
    if (parts.length > 0) {
      yield joined(parts);
    }
  }

  function entryObject(head: number): object {
    const { first, end } = indexes.entries.entryAt(head);
    const lines: string[] = [];
    for (let row = first; row < end; row++) {
      const read = reader.read(row, 0, MOST_BYTES);
      if (read) {
        lines.push(read.text);
      }
    }
    const read = reader.read(first, 0, MOST_BYTES);
    const parsed = parseLine(lines[0] ?? '', read?.receivedAt ?? 0, indexes.formats);
    return {
      time: new Date(read?.time ?? read?.receivedAt ?? 0).toISOString(),
      level: read?.level ?? null,
      source: sources()[read?.source ?? -1]?.name ?? null,
      message: parsed.message,
      ...(parsed.fields ? { fields: parsed.fields } : {}),
      text: lines.join(NEWLINE),
    };
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
