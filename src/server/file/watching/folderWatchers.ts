import { stat } from 'node:fs/promises';
import { basename, dirname, join, parse } from 'node:path';
import type { Disposable } from '../../../base/disposable';
import { identityOf } from '../bytes/fileIdentity';
import { logPaths } from '../rotation/rotatedFiles';
import type { Watching } from './lookSchedule';
import type { FolderWatch, Follower, WatchedFolders } from './watchedFolders';

/** Tells of changes around a file. */
export interface FolderWatching extends Watching, Disposable {
  /** Looks which folders are to be watched now. */
  update(): Promise<void>;
  /** Tells which files are read, by device and inode. */
  reads(files: readonly string[]): void;
}

/** A name in a folder: of the file, or of the first folder that is missing on the way to it. */
interface Place {
  readonly folder: string;
  readonly name: string;
  /** Device and inode of the folder; '' where it cannot be looked at. */
  readonly identity: string;
}

/**
 * Watches what concerns one path: its name in its folder and, behind a link, that of the file it leads
 * to; while a folder is missing, the one in which it will be made.
 */
export class FolderWatchers implements FolderWatching, Follower {
  readonly #path: string;
  readonly #changed: () => void;
  readonly #folders: WatchedFolders;
  #watches = new Map<string, FolderWatch>();
  #files: readonly string[] = [];
  #events = 0;
  #updating: Promise<void> = Promise.resolve();
  #disposed = false;

  /** `changed`: something has changed, maybe the file. */
  constructor(path: string, changed: () => void, folders: WatchedFolders) {
    this.#path = path;
    this.#changed = changed;
    this.#folders = folders;
  }

  /** Events that came so far. */
  get events(): number {
    return this.#events;
  }

  /** Whether every folder is watched, on a file system that tells of every change. */
  get isReliable(): boolean {
    return this.#watches.size > 0 && [...this.#watches.values()].every(({ isReliable }) => isReliable);
  }

  /** Looks which folders those are now: links are moved, folders removed and made again. */
  update(): Promise<void> {
    this.#updating = this.#updating.then(async () => {
      await this.#update();
    });
    return this.#updating;
  }

  /** Tells which files are read, by device and inode: a rotated one has another name by now. */
  reads(files: readonly string[]): void {
    if (!this.#disposed && files.join() !== this.#files.join()) {
      this.#folders.reads(this, this.#files, files);
      this.#files = files;
    }
  }

  happened(isMoved: boolean): void {
    if (this.#disposed) {
      return;
    }
    this.#events++;
    this.#changed();
    if (isMoved) {
      this.#updating = this.#updating.then(async () => {
        if ((await this.#update()) && !this.#disposed) {
          // What came about before it was watched.
          this.#changed();
        }
      });
    }
  }

  dispose(): void {
    this.reads([]);
    this.#disposed = true;
    this.#keepOnly(new Map());
  }

  /** Whether something is watched that was not before. */
  async #update(): Promise<boolean> {
    const places = new Map<string, Place>();
    for (const path of this.#disposed ? [] : await logPaths(this.#path)) {
      const place = await placeOf(path);
      places.set(join(place.folder, place.name), place);
    }
    const kept = new Map<string, FolderWatch>();
    for (const [key, { identity }] of places) {
      const watch = this.#watches.get(key);
      // One that was removed and made again is another one.
      if (watch && watch.identity === identity && !watch.isOver) {
        kept.set(key, watch);
      }
    }
    this.#keepOnly(kept);
    for (const [key, { folder, name }] of places) {
      if (!kept.has(key)) {
        const watch = await this.#folders.watch(folder, name, this);
        if (this.#disposed) {
          watch.dispose();
          return false;
        }
        this.#watches.set(key, watch);
      }
    }
    return places.size > kept.size;
  }

  #keepOnly(kept: Map<string, FolderWatch>): void {
    for (const [key, watch] of this.#watches) {
      if (!kept.has(key)) {
        watch.dispose();
      }
    }
    this.#watches = kept;
  }
}

/** Where a path is to be watched: its folder, or the nearest one that is there. */
async function placeOf(path: string): Promise<Place> {
  let [folder, name] = [dirname(path), basename(path)];
  for (;;) {
    try {
      return { folder, name, identity: identityOf(await stat(folder, { bigint: true })) };
    } catch (error) {
      const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      if (!isMissing || folder === parse(folder).root) {
        return { folder, name, identity: '' };
      }
      [folder, name] = [dirname(folder), basename(folder)];
    }
  }
}
