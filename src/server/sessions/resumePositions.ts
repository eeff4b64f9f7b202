import { LIMITS } from '../../protocol/limits';
import type { ResumePosition } from '../../protocol/messages';
import type { LogSource } from '../logSource';
import { type SourceNames, sourceIdOf } from '../sourceId';
import { SESSION_LIMITS } from './sessionLimits';

/**
 * Where one client stands, by the id of each source. Of sources that the server has, one position each is
 * kept; of others, which may yet come (a pattern's next match), only so many: a client must not make the
 * server hold whatever it sends.
 */
export class ResumePositions {
  readonly #names: SourceNames<LogSource>;
  readonly #positions = new Map<string, ResumePosition>();
  #absent = 0;

  constructor(names: SourceNames<LogSource>) {
    this.#names = names;
  }

  get size(): number {
    return this.#positions.size;
  }

  of(id: string): ResumePosition | undefined {
    return this.#positions.get(id);
  }

  add(positions: readonly ResumePosition[]): void {
    for (const position of positions) {
      // By id alone: a position belongs to the very source that gave it.
      const known = this.#names.withId(position.source);
      const id = known?.id ?? sourceIdOf(position.source);
      if (known === undefined && !this.#positions.has(id) && ++this.#absent > SESSION_LIMITS.absentPositions) {
        continue;
      }
      this.#positions.set(id, { ...position, source: id, cursor: acceptable(position.cursor) });
    }
  }
}

/** A cursor that no server of ours has given leads nowhere: the source says that lines may be missing. */
function acceptable(cursor: string | null): string | null {
  return cursor !== null && Buffer.byteLength(cursor) > LIMITS.cursorBytes ? null : cursor;
}
