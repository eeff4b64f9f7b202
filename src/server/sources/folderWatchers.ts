import { type FSWatcher, watch } from 'node:fs';
import { realpath, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Disposable } from '../../base/disposable';
import { identityOf } from './fileIdentity';

/**
 * Linux's local file systems, by the numbers of statfs(2): ext, XFS, Btrfs, tmpfs, ramfs, ZFS, F2FS,
 * bcachefs and overlayfs. Network file systems tell of this machine's changes only, /proc of none.
 */
const LOCAL = new Set([
  0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x858458f6, 0x2fc12fc1, 0xf2f52010, 0xca451a4e, 0x794c7630,
]);

interface FolderWatcher {
  readonly watcher: FSWatcher;
  /** Device and inode of the folder. */
  readonly identity: string;
  /** Its file system tells of every change. */
  readonly isReliable: boolean;
}

/** Watches the folder of a path and, behind a link, that of the file it leads to. */
export class FolderWatchers implements Disposable {
  readonly #path: string;
  readonly #changed: () => void;
  readonly #watchers = new Map<string, FolderWatcher>();
  #wanted: ReadonlySet<string> = new Set();
  #events = 0;
  #disposed = false;

  /** `changed`: something has changed in one of the folders, maybe to the file. */
  constructor(path: string, changed: () => void) {
    this.#path = path;
    this.#changed = changed;
  }

  /** Events that came so far. */
  get events(): number {
    return this.#events;
  }

  /** Whether every folder is watched, on a file system that tells of every change. */
  get isReliable(): boolean {
    return [...this.#wanted].every((folder) => this.#watchers.get(folder)?.isReliable === true);
  }

  /** Looks which folders those are now: links are moved, folders removed and made again. */
  async update(): Promise<void> {
    const wanted = new Set([dirname(this.#path)]);
    try {
      wanted.add(dirname(await realpath(this.#path)));
    } catch {
      // Not there: whoever looks now and then finds it.
    }
    this.#wanted = wanted;
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
      const isReliable = this.#watchers.has(folder) || (await tellsOfAll(folder));
      if (!this.#watchers.has(folder) && !this.#disposed) {
        this.#watch(folder, identity, isReliable);
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

  #watch(folder: string, identity: string, isReliable: boolean): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => {
        this.#events++;
        this.#changed();
      });
      // A folder that is removed, or one watch too many: looking now and then goes on.
      watcher.on('error', () => {
        watcher.close();
        this.#watchers.delete(folder);
      });
      this.#watchers.set(folder, { watcher, identity, isReliable });
    } catch {
      // No watching on this file system: looking now and then finds what changes.
    }
  }
}

/** Whether a folder's file system tells of every change. Windows does of an open file only once it is closed. */
async function tellsOfAll(folder: string): Promise<boolean> {
  if (process.platform !== 'linux') {
    return process.platform === 'darwin';
  }
  const found = await statfs(folder).catch(() => undefined);
  // 32 bits, with or without a sign.
  return found !== undefined && LOCAL.has(found.type >>> 0);
}
