import { type FSWatcher, watch } from 'node:fs';
import { stat, statfs } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Disposable } from '../../../base/disposable';
import { identityOf } from '../bytes/fileIdentity';

/**
 * Linux's local file systems, by the numbers of statfs(2): ext, XFS, Btrfs, tmpfs, ramfs, ZFS, F2FS,
 * bcachefs and overlayfs. Network file systems tell of this machine's changes only, /proc of none.
 */
const LOCAL = new Set([
  0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x858458f6, 0x2fc12fc1, 0xf2f52010, 0xca451a4e, 0x794c7630,
]);

/** Somebody who follows a file. */
export interface Follower {
  /** Something happened to the file. `isMoved`: its name, or a folder on the way to it, was made, moved or removed. */
  happened(isMoved: boolean): void;
}

/** That a name in a folder is watched, for one follower. */
export interface FolderWatch extends Disposable {
  /** Device and inode of the folder; '' where none is there. */
  readonly identity: string;
  /** It is watched, on a file system that tells of every change. */
  readonly isReliable: boolean;
  /** The folder was moved or removed: what is there now, if anything, is to be watched anew. */
  readonly isOver: boolean;
}

interface WatchedFolder {
  /** Device and inode. */
  readonly identity: string;
  isReliable: boolean;
  watcher: FSWatcher | undefined;
  isOver: boolean;
  /** Who follows the file of a name. */
  readonly byName: Map<string, Set<Follower>>;
  /** Names of which nobody is known to follow the file, and that are looked at. True: there is more news of it. */
  readonly examined: Map<string, boolean>;
}

/**
 * The folders of all files that are followed, each watched once. What happens there is told to whom it
 * concerns: with one watcher for each file, a line written to one of a thousand files of a folder had
 * all thousand looked at.
 */
export class WatchedFolders implements Disposable {
  /** By path. One that was removed and made again is another one, which may be watched beside the old one. */
  readonly #folders = new Map<string, WatchedFolder>();
  /** Who reads a file, by its device and inode, whatever its name is by now. */
  readonly #readers = new Map<string, Set<Follower>>();
  #disposed = false;

  /** Watches a name in a folder, which may yet have no file. */
  async watch(folder: string, name: string, follower: Follower): Promise<FolderWatch> {
    const found = await stat(folder, { bigint: true }).catch(() => undefined);
    const identity = found ? identityOf(found) : '';
    const isLocal = this.#known(folder, identity) !== undefined || (found !== undefined && (await tellsOfAll(folder)));
    const watched = this.#known(folder, identity) ?? this.#begin(folder, identity, isLocal);
    addTo(watched.byName, name, follower);
    return {
      identity,
      get isReliable() {
        return watched.isReliable && watched.watcher !== undefined;
      },
      get isOver() {
        return watched.isOver;
      },
      dispose: () => {
        removeFrom(watched.byName, name, follower);
        if (watched.byName.size === 0) {
          this.#end(folder, watched);
        }
      },
    };
  }

  /** Tells which files somebody reads, by device and inode: all of `now`, and no longer those of `before`. */
  reads(follower: Follower, before: readonly string[], now: readonly string[]): void {
    for (const file of before) {
      removeFrom(this.#readers, file, follower);
    }
    for (const file of now) {
      addTo(this.#readers, file, follower);
    }
  }

  dispose(): void {
    this.#disposed = true;
    for (const { watcher } of this.#folders.values()) {
      watcher?.close();
    }
    this.#folders.clear();
  }

  #known(folder: string, identity: string): WatchedFolder | undefined {
    const watched = this.#folders.get(folder);
    return watched?.identity === identity ? watched : undefined;
  }

  #begin(folder: string, identity: string, isReliable: boolean): WatchedFolder {
    const watched: WatchedFolder = {
      identity,
      isReliable,
      watcher: undefined,
      isOver: false,
      byName: new Map(),
      examined: new Map(),
    };
    if (this.#disposed || identity === '') {
      return watched;
    }
    this.#folders.set(folder, watched);
    try {
      const watcher = watch(folder, { persistent: false }, (type, name) =>
        this.#happened(folder, watched, name, type === 'rename'),
      );
      watched.watcher = watcher;
      // A folder that is removed, or one watch too many: looking now and then goes on.
      watcher.on('error', () => {
        watcher.close();
        watched.watcher = undefined;
        tell(followersOf(watched), true);
      });
    } catch {
      // No watching on this file system: looking now and then finds what changes.
    }
    return watched;
  }

  #end(folder: string, watched: WatchedFolder): void {
    watched.watcher?.close();
    watched.watcher = undefined;
    if (this.#folders.get(folder) === watched) {
      this.#folders.delete(folder);
    }
  }

  #happened(folder: string, watched: WatchedFolder, name: string | null, isMoved: boolean): void {
    // The folder itself comes under its own name.
    if (name === null || name === basename(folder)) {
      if (isMoved && name !== null) {
        // The next one at its path may have the same number.
        watched.isOver = true;
        this.#end(folder, watched);
      }
      tell(followersOf(watched), true);
      return;
    }
    const followers = watched.byName.get(name);
    if (followers) {
      tell(followers, isMoved);
    } else if (watched.examined.has(name)) {
      watched.examined.set(name, true);
    } else {
      void this.#examine(join(folder, name), name, watched);
    }
  }

  /** A file that is followed may have another name by now, or several: it is known by its device and inode. */
  async #examine(path: string, name: string, watched: WatchedFolder): Promise<void> {
    do {
      watched.examined.set(name, false);
      const found = await stat(path, { bigint: true }).catch(() => undefined);
      tell((found && this.#readers.get(identityOf(found))) ?? [], false);
    } while (watched.examined.get(name) === true);
    watched.examined.delete(name);
  }
}

function followersOf({ byName }: WatchedFolder): Set<Follower> {
  return new Set([...byName.values()].flatMap((followers) => [...followers]));
}

function tell(followers: Iterable<Follower>, isMoved: boolean): void {
  for (const follower of [...followers]) {
    follower.happened(isMoved);
  }
}

function addTo<K, V>(sets: Map<K, Set<V>>, key: K, value: V): void {
  const set = sets.get(key);
  if (set) {
    set.add(value);
  } else {
    sets.set(key, new Set([value]));
  }
}

function removeFrom<K, V>(sets: Map<K, Set<V>>, key: K, value: V): void {
  const set = sets.get(key);
  set?.delete(value);
  if (set?.size === 0) {
    sets.delete(key);
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
