/** Storage of a browser. It may be switched off or full; the page then works without memory. */
export interface PageStorage {
  /** Undefined where nothing was stored, or nothing can be. */
  load(key: string): string | undefined;
  save(key: string, value: string): void;
}

const PREFIX = 'live-log-stream.';

/** @param storage `sessionStorage`: lasts as long as the tab, over reloads. */
export function pageStorage(storage: Storage): PageStorage {
  return {
    load(key) {
      try {
        return storage.getItem(PREFIX + key) ?? undefined;
      } catch {
        return undefined;
      }
    },
    save(key, value) {
      try {
        storage.setItem(PREFIX + key, value);
      } catch {
        // A full or forbidden storage costs the memory, not the log.
      }
    },
  };
}
