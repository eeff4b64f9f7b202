import { readdir } from 'node:fs/promises';

/** Names in a folder, in the order of their code units. */
type Names = readonly string[];

interface Listing {
  readonly running: Promise<Names>;
  /** The one that begins when this one is done, if somebody waits for it. */
  next?: Promise<Names>;
}

/** By folder, while they are under way. */
const listings = new Map<string, Listing>();

/**
 * The names in a folder that begin with `prefix`, as they were when this was called, or later; none where
 * the folder cannot be read. Whoever asks while the folder is being listed shares one listing that begins
 * afterwards: a thousand logs of one folder, started or rotated together, do not have it listed a
 * thousand times.
 */
export async function namesBeginning(folder: string, prefix: string): Promise<Names> {
  const names = await listed(folder);
  const found: string[] = [];
  for (let at = firstFrom(names, prefix); names[at]?.startsWith(prefix); at++) {
    found.push(names[at] as string);
  }
  return found;
}

function listed(folder: string): Promise<Names> {
  const listing = listings.get(folder);
  if (!listing) {
    return begin(folder);
  }
  listing.next ??= listing.running.then(() => begin(folder));
  return listing.next;
}

function begin(folder: string): Promise<Names> {
  const running = readdir(folder).then(
    (names) => names.sort(),
    () => [],
  );
  const listing: Listing = { running };
  listings.set(folder, listing);
  void running.then(() => {
    // Where another one follows, it takes this one's place.
    if (!listing.next) {
      listings.delete(folder);
    }
  });
  return running;
}

/** Index of the first name that is not before `prefix`. */
function firstFrom(names: Names, prefix: string): number {
  let [low, high] = [0, names.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((names[middle] as string) < prefix) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
