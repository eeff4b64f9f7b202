import { readdir, stat } from 'node:fs/promises';
import { join, posix, resolve } from 'node:path';
import type { Clock } from '../../../base/clock';
import { identityOf } from '../bytes/fileIdentity';
import type { WatchedFolders } from '../watching/watchedFolders';
import { filesMatching, isExclusion } from './filePatterns';

/**
 * How old the times of a folder have to be, so that it cannot have the same ones after a change, ms. File systems
 * round them: to the kernel's tick, ext3 to a second.
 */
const SETTLED_MS = 2_000;
/** The net under all that: a folder is listed again after this long whatever its times say, ms. */
const KEPT_MS = 30_000;

/** Absolute paths of the files that patterns match now. */
type ListFiles = (patterns: readonly string[]) => Promise<readonly string[]>;

interface MatchedFilesOptions {
  readonly clock: Clock;
  /** Know which file systems tell of every change. */
  readonly folders: WatchedFolders;
  readonly list?: ListFiles;
}

/** What patterns match, looked up again and again, without a listing where nothing can have changed. */
export class MatchedFiles {
  readonly #parts: readonly { list(): Promise<readonly string[]> }[];

  /** @param patterns none of which is a plain path, and those that leave out what others match. */
  constructor(patterns: readonly string[], { clock, folders, list = filesMatching }: MatchedFilesOptions) {
    const leaveOut = patterns.filter(isExclusion);
    const byFolder = new Map<string | undefined, string[]>();
    for (const pattern of patterns.filter((each) => !isExclusion(each))) {
      const folder = onlyFolderOf(pattern);
      byFolder.set(folder, [...(byFolder.get(folder) ?? []), pattern]);
    }
    if (byFolder.size === 0) {
      byFolder.set(undefined, []);
    }
    this.#parts = [...byFolder].map(([folder, of]) => {
      const all = [...of, ...leaveOut];
      return folder === undefined
        ? { list: () => list(all) }
        : new FolderListing(folder, clock, folders, () => list(all));
    });
  }

  /** Absolute paths of the files that are matched, as they were when this was called, or later. */
  async list(): Promise<readonly string[]> {
    const found = await Promise.all(this.#parts.map((part) => part.list()));
    return [...new Set(found.flat())];
  }
}

/** What was found in a folder, and what that depends on. */
interface Found {
  readonly stamp: string;
  /** Links in the folder, and what they led to. */
  readonly links: readonly string[];
  readonly ends: string;
  /** On the clock, ms. */
  readonly at: number;
  readonly files: readonly string[];
}

/**
 * The files of one folder that patterns match. A name that comes, goes or becomes another file's changes the
 * folder's own times, so while these are the same, so are the files; all but what links lead to, which is
 * looked at each time.
 */
class FolderListing {
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #folders: WatchedFolders;
  readonly #listFiles: () => Promise<readonly string[]>;
  #found: Found | undefined;
  /** The folder whose file system was asked about last, by device and inode, and the answer. */
  #asked: { readonly identity: string; readonly tellsOfAll: boolean } | undefined;

  constructor(folder: string, clock: Clock, folders: WatchedFolders, listFiles: () => Promise<readonly string[]>) {
    this.#folder = resolve(folder);
    this.#clock = clock;
    this.#folders = folders;
    this.#listFiles = listFiles;
  }

  async list(): Promise<readonly string[]> {
    const at = this.#clock.now();
    const stamp = await this.#stamp();
    const last = this.#found;
    const isKept = last !== undefined && last.stamp === stamp && at - last.at < KEPT_MS;
    if (isKept && (await this.#endsOf(last.links)) === last.ends) {
      return last.files;
    }
    this.#found = undefined;
    if (stamp === undefined) {
      return this.#listFiles();
    }
    // All that the listing depends on is looked at before it, so that what changes meanwhile is seen the next time.
    const links = await linksIn(this.#folder);
    const ends = links && (await this.#endsOf(links));
    const files = await this.#listFiles();
    // Nothing is also what is found where a folder on the way must not be listed; it may be by the next time.
    if (links !== undefined && ends !== undefined && files.length > 0) {
      this.#found = { stamp, links, ends, at, files };
    }
    return files;
  }

  /** Changes whenever a name in the folder does; undefined where nothing is known to. */
  async #stamp(): Promise<string | undefined> {
    const found = await stat(this.#folder, { bigint: true }).catch(() => undefined);
    if (found === undefined) {
      return undefined;
    }
    const identity = identityOf(found);
    if (this.#asked?.identity !== identity) {
      this.#asked = { identity, tellsOfAll: await this.#tellsOfAll(identity) };
    }
    const { mtimeNs, ctimeNs } = found;
    const isSettled = Math.max(inMs(mtimeNs), inMs(ctimeNs)) + SETTLED_MS < this.#clock.wallTime();
    return this.#asked.tellsOfAll && isSettled ? `${identity} ${mtimeNs} ${ctimeNs}` : undefined;
  }

  /**
   * Whether the folder is on one of this machine's own file systems. Those of others may tell its times late,
   * or keep none; and only Linux says which ones they are. It is not watched any longer than for the answer:
   * every line that is written to any file there would be told.
   */
  async #tellsOfAll(identity: string): Promise<boolean> {
    if (process.platform !== 'linux') {
      return false;
    }
    const watch = await this.#folders.watch(this.#folder, '', { happened: () => undefined });
    const isSo = watch.isReliable && watch.identity === identity;
    watch.dispose();
    return isSo;
  }

  /** What links lead to now, as far as it says whether they are matched. */
  async #endsOf(links: readonly string[]): Promise<string> {
    const ends = links.map((name) =>
      stat(join(this.#folder, name)).then(
        (end) => (end.isFile() ? 'file' : 'other'),
        () => 'none',
      ),
    );
    return (await Promise.all(ends)).join();
  }
}

function inMs(ns: bigint): number {
  return Number(ns / 1_000_000n);
}

/** Names of the links in a folder; undefined where it cannot be read. */
async function linksIn(folder: string): Promise<readonly string[] | undefined> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
  return entries?.filter((entry) => entry.isSymbolicLink()).map(({ name }) => name);
}

/**
 * The one folder that a pattern looks in, as it stands there: `logs` of `logs/*.log`. Undefined where there may
 * be several, which come and go: no folder's time tells of all that `logs/**` may match by and by.
 */
function onlyFolderOf(pattern: string): string | undefined {
  const folder = posix.dirname(pattern);
  const name = pattern.slice(pattern.lastIndexOf('/') + 1);
  // A `..` behind a link leads elsewhere for the system than in the text.
  const isPlain = !/[*?[\]{}()|\\!]/.test(folder) && !folder.split('/').includes('..');
  return isPlain && name !== '' && !name.includes('**') ? folder : undefined;
}
