import { type FSWatcher, watch } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Disposable } from '../../base/disposable';
import { identityOf } from './fileIdentity';

interface FolderWatcher {
  readonly watcher: FSWatcher;
  /** Device and inode of the folder. */
  readonly identity: string;
}

/** Watches the folder of a path and, behind a link, that of the file it leads to. */
export class FolderWatchers implements Disposable {
  readonly #path: string;
  readonly #changed: () => void;
  readonly #watchers = new Map<string, FolderWatcher>();
  #disposed = false;

  /** `changed`: something has changed in one of the folders, maybe to the file. */
  constructor(path: string, changed: () => void) {
    this.#path = path;
    this.#changed = changed;
  }

  /** Looks which folders those are now: links are moved, folders removed and made again. */
  async update(): Promise<void> {
    const wanted = new Set([dirname(this.#path)]);
    try {
      wanted.add(dirname(await realpath(this.#path)));
    } catch {
      // Not there: whoever looks now and then finds it.
    }
    const folders = new Map<string, string>();
    for (const folder of wanted) {
      // One that was removed and made again is another one, which its watcher does not say.
      const found = await stat(folder, { bigint: true }).catch(() => undefined);
      folders.set(folder, found ? identityOf(found) : '');
    }
    for (const [folder, { identity, watcher }] of this.#watchers) {
      if (folders.get(folder) !== identity) {
        watcher.close();
        this.#watchers.delete(folder);
      }
    }
    for (const [folder, identity] of folders) {
      if (!this.#watchers.has(folder) && !this.#disposed) {
        this.#watch(folder, identity);
      }
    }
  }

  dispose(): void {
    this.#disposed = true;
    for (const { watcher } of this.#watchers.values()) {
      watcher.close();
    }
    this.#watchers.clear();
  }

  #watch(folder: string, identity: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#changed());
      // A folder that is removed, or one watch too many: looking now and then goes on.
      watcher.on('error', () => {
        watcher.close();
        this.#watchers.delete(folder);
      });
      this.#watchers.set(folder, { watcher, identity });
    } catch {
      // No watching on this file system: looking now and then finds what changes.
    }
  }
}
