import type { LineFormat } from '../records/formats/format';
import { EntryIndex } from './entryIndex';
import { LevelIndex } from './levelIndex';
import type { LogStore } from './logStore';
import { TimeIndex } from './timeIndex';

/** What is found out about a store's lines and kept, each when it is first asked for. */
export class StoreIndexes {
  readonly levels: LevelIndex;
  readonly entries: EntryIndex;
  readonly times: TimeIndex;
  /** A person's own formats, tried before the known ones. */
  #formats: readonly LineFormat[] = [];

  constructor(store: LogStore) {
    this.levels = new LevelIndex(store);
    this.entries = new EntryIndex(store);
    this.times = new TimeIndex(store, this.entries);
  }

  get formats(): readonly LineFormat[] {
    return this.#formats;
  }

  setFormats(formats: readonly LineFormat[]): void {
    this.#formats = formats;
    this.levels.setFormats(formats);
  }
}
