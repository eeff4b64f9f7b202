import { COMPRESSED } from './rotationNames';

/** Files that are opened at most for what came between, the newest. */
const MOST_OPENED = 100;
const SECOND = 1_000_000_000n;

/** When a file came to be and was written last, ns since the Unix epoch. */
export interface FileTimes {
  /** 0 where the file system does not know. */
  readonly bornAt: bigint;
  readonly writtenAt: bigint;
}

/** A file beside a log, named like a rotation or a copy of it. */
export interface Neighbour extends FileTimes {
  readonly path: string;
  readonly name: string;
  /** How it is named: rotations of one log are named alike. */
  readonly shape: string;
  /** The name is one that rotation gives, with a number or a date; else that of a copy. */
  readonly isRotation: boolean;
  /** No other log has such a name: a date stands in it, or a number behind the log's whole name. */
  readonly isEvident: boolean;
  /** Device and inode. */
  readonly file: string;
  /** Bytes. */
  readonly size: number;
}

/** The folder of a log, as the decision sees it. */
export interface Surroundings {
  readonly neighbours: readonly Neighbour[];
  /** Device and inode of the file that the log's path leads to now. */
  readonly now: string | undefined;
  /** Whether that file goes on behind the same bytes: a longer copy of the one in which the place is. */
  nowHolds(): Promise<boolean>;
  /** Whether a file beside the log holds the bytes that lead to the place. */
  holds(neighbour: Neighbour): Promise<boolean>;
  /** Whether a file beside the log has been given out already, or is followed anyway. */
  isKnown(neighbour: Neighbour): Promise<boolean>;
}

/** The file in which a place is. */
export interface FileHad {
  /** Device and inode. */
  readonly file: string;
  /** It is open still, so no other file can have its identity, and all of it is at hand, whatever its name is. */
  readonly isOpen: boolean;
  /** Where the server followed it: what came after it is wanted even if it lies nowhere any more. */
  readonly times?: FileTimes | undefined;
}

export type Following =
  | { readonly kind: 'file'; readonly at: Neighbour }
  /** Lies there in other bytes than the log had, or cannot be read. */
  | { readonly kind: 'compressed'; readonly name: string }
  /** More files than are opened at a time: the oldest, with the bytes of all of them. */
  | { readonly kind: 'left out'; readonly files: number; readonly bytes: number }
  /** Files may have come and gone again: nothing that lies there says how many. */
  | { readonly kind: 'unknown' };

/** What lies between a place in a log and what its path leads to now. */
export type Between =
  /** The file at the path goes on behind the place. */
  | { readonly kind: 'continued' }
  /** The place is in a file beside the log; then come the others, oldest first. `isCopy`: the log was cut after it was made. */
  | {
      readonly kind: 'rotated';
      readonly place: Neighbour;
      readonly isCopy: boolean;
      readonly following: readonly Following[];
    }
  /** The file of the place has no name any more; what came after it, as far as that can be told. */
  | { readonly kind: 'gone'; readonly following: readonly Following[] };

/**
 * Decides what lies between the place somebody had and the file that the path leads to now. Asked
 * whenever that file is another one, when it was cut, and when a client comes back, so that all three
 * lose and double the same: nothing. Looks at nothing but what `around` shows.
 */
export async function decideBetween(had: FileHad, seen: Surroundings): Promise<Between> {
  const plainNames = new Set(seen.neighbours.filter((each) => !isCompressed(each)).map(({ name }) => name));
  // One that is being compressed lies there in both forms.
  const neighbours = seen.neighbours.filter((each) => !isCompressed(each) || !plainNames.has(plain(each.name)));
  const around = { ...seen, neighbours };
  const isSame = ({ file }: Neighbour) => file === had.file;
  const itself = neighbours.filter((each) => isSame(each) && !isCompressed(each));
  for (const place of itself.filter(({ isRotation }) => isRotation)) {
    if (had.isOpen || (await around.holds(place))) {
      return { kind: 'rotated', place, isCopy: false, following: await followingOf(place, had, around) };
    }
  }
  if (await around.nowHolds()) {
    return { kind: 'continued' };
  }
  const others = newestFirst(neighbours.filter((each) => !isSame(each) && !isCompressed(each)));
  for (const place of [...itself.filter(({ isRotation }) => !isRotation), ...others].slice(0, MOST_OPENED)) {
    if ((isSame(place) && had.isOpen) || (await around.holds(place))) {
      // Where the server saw the path lead elsewhere nothing was cut: then it only took the file's place.
      const isCopy = !isSame(place) && had.times === undefined;
      return { kind: 'rotated', place, isCopy, following: await followingOf(place, had, around) };
    }
  }
  return { kind: 'gone', following: had.times === undefined ? [] : await newerThan(had.times, around) };
}

/** What was rotated after `place`, oldest first. */
async function followingOf(place: Neighbour, had: FileHad, around: Surroundings): Promise<Following[]> {
  const alike = inOrder(around.neighbours.filter(({ shape }) => shape === place.shape));
  // What was rotated after the file at the path is that one's to follow: names go on moving while one looks.
  const now = alike.findIndex(({ file }) => file === around.now);
  const later = alike
    .slice(0, now === -1 ? alike.length : now)
    .slice(alike.indexOf(place) + 1)
    .filter(({ file }) => file !== had.file && file !== place.file);
  return listed(await unknownOf(later, around));
}

/** What was rotated after a file that lies nowhere any more: those that are newer in every respect. */
async function newerThan(times: FileTimes, around: Surroundings): Promise<Following[]> {
  const isOther = ({ file, isEvident }: Neighbour) => file !== around.now && isEvident;
  const [newest] = newestFirst(around.neighbours.filter(isOther));
  const alike = inOrder(around.neighbours.filter((each) => isOther(each) && each.shape === newest?.shape));
  const strictly = alike.filter((each) => comparedByAge(each, times) > 0);
  const [first] = strictly;
  // What compresses a file keeps its times, to the second; else the first one is the file itself.
  const isKept = alike.some(
    ({ name, writtenAt }) =>
      COMPRESSED.test(name) && writtenAt <= times.writtenAt && writtenAt > times.writtenAt - SECOND,
  );
  const newer = first && COMPRESSED.test(first.name) && !isKept ? strictly.slice(1) : strictly;
  const following = listed(await unknownOf(newer, around));
  const maybe = alike.filter((each) => !isCompressed(each) && comparedByAge(each, times) === 0);
  // Where one came after it that was rotated in its turn, more may have come, and be gone like this one.
  return following.length > 0 || (await unknownOf(maybe, around)).length > 0 ? [{ kind: 'unknown' }, ...following] : [];
}

/** Negative where `one` is older than `other`, 0 where nobody can say. */
function comparedByAge(one: FileTimes, other: FileTimes): number {
  // A rotated file may be written late. One that was put there with its old times was born late: that says nothing.
  const isByBirth = [one, other].every(({ bornAt, writtenAt }) => bornAt > 0n && bornAt <= writtenAt);
  return isByBirth ? compared(one.bornAt, other.bornAt) : compared(one.writtenAt, other.writtenAt);
}

async function unknownOf(files: readonly Neighbour[], around: Surroundings): Promise<Neighbour[]> {
  const unknown: Neighbour[] = [];
  for (const each of files) {
    if (!(await around.isKnown(each))) {
      unknown.push(each);
    }
  }
  return unknown;
}

function listed(files: readonly Neighbour[]): Following[] {
  const leftOut = files.slice(0, Math.max(0, files.length - MOST_OPENED));
  const bytes = leftOut.reduce((sum, { size }) => sum + size, 0);
  const following: Following[] = leftOut.length > 0 ? [{ kind: 'left out', files: leftOut.length, bytes }] : [];
  for (const at of files.slice(leftOut.length)) {
    following.push(COMPRESSED.test(at.name) ? { kind: 'compressed', name: at.name } : { kind: 'file', at });
  }
  return following;
}

const isCompressed = ({ name }: Neighbour) => COMPRESSED.test(name);
const names = new Intl.Collator('en', { numeric: true });
const byName = (one: Neighbour, other: Neighbour) => names.compare(plain(one.name), plain(other.name));
const plain = (name: string) => name.replace(COMPRESSED, '');
const compared = (one: bigint, other: bigint) => (one === other ? 0 : one < other ? -1 : 1);

/**
 * The newest first, by their last writes. A file system's clock stands still for milliseconds: those written at
 * the same time are ordered as they were rotated.
 */
export function newestFirst<T extends Neighbour>(files: readonly T[]): T[] {
  const ranks = new Map<T, number>();
  for (const alike of inOrderByShape(files)) {
    for (const [rank, each] of alike.reverse().entries()) {
      ranks.set(each, rank);
    }
  }
  const rankOf = (each: T) => ranks.get(each) ?? 0;
  return [...files].sort(
    (one, other) => compared(other.writtenAt, one.writtenAt) || rankOf(one) - rankOf(other) || byName(one, other),
  );
}

/** Rotations by their shapes, those of each shape oldest first. */
export function inOrderByShape<T extends Neighbour>(files: readonly T[]): T[][] {
  const shapes = [...new Set(files.map(({ shape }) => shape))];
  return shapes.map((shape) => inOrder(files.filter((each) => each.shape === shape)));
}

/**
 * Rotations of one shape, the oldest first. A name that begins with a year says it. Numbers are counted
 * down by most (`app.log.1` is the newest) and up by some: up only where every two neighbours say so, by
 * birth and by last write, since a rotated file may be written late, and a copy be born late. Where they
 * disagree, as with a ring of files, the last writes say it.
 */
export function inOrder<T extends Neighbour>(alike: readonly T[]): T[] {
  const ascending = [...alike].sort(byName);
  if (ascending[0] === undefined || /^[^#]*####/.test(ascending[0].shape)) {
    return ascending;
  }
  let up = 0;
  let down = 0;
  for (const [at, one] of ascending.slice(1).entries()) {
    const before = ascending[at] as T;
    const written = compared(one.writtenAt, before.writtenAt);
    const born = comparedByAge(one, before);
    up += Number(born > 0 && written > 0);
    down += Number(born < 0 && written < 0);
  }
  if (up === 0) {
    return ascending.reverse();
  }
  return down === 0
    ? ascending
    : ascending.sort((one, other) => compared(one.writtenAt, other.writtenAt) || byName(other, one));
}
