import { fstatSync, readlinkSync, type Stats } from 'node:fs';
import { stat, statfs } from 'node:fs/promises';

/** What lies at a path. Only a `file` is followed; a `pipe` is read as a stream. */
export type FileKind = 'file' | 'directory' | 'pipe' | 'socket' | 'device' | 'system';

/**
 * Linux's file systems whose files the system makes up whenever they are read, by the numbers of
 * statfs(2): proc, sysfs, debugfs, tracefs, securityfs, cgroup and cgroup2. Their sizes say nothing (0, or
 * a page), what was read stays nowhere, and nobody tells of a change: there is nothing to follow.
 */
const MADE_UP = new Set([0x9fa0, 0x62656572, 0x64626720, 0x74726163, 0x73636673, 0x27e0eb, 0x63677270]);

/** Whether files of a device are made up, which a device does not change. By its number. */
const madeUp = new Map<bigint, boolean>();

/** Something at a path that cannot be followed as a file can. */
export class NotFollowable extends Error {
  readonly kind: Exclude<FileKind, 'file'>;

  constructor(path: string, kind: Exclude<FileKind, 'file'>) {
    super(`${path} is a ${kind}`);
    this.kind = kind;
  }
}

/**
 * What lies at a path, found out without opening it: to open and close a pipe ends who writes to it
 * (EPIPE), a device may do anything when it is opened.
 * @throws the system's error where nothing lies there, or it cannot be looked at.
 */
export async function kindOf(path: string): Promise<FileKind> {
  const found = await stat(path, { bigint: true });
  const kind = kindByMode(found);
  if (kind !== 'file' || process.platform !== 'linux') {
    return kind;
  }
  let isMadeUp = madeUp.get(found.dev);
  if (isMadeUp === undefined) {
    const { type } = await statfs(path);
    isMadeUp = MADE_UP.has(type >>> 0);
    madeUp.set(found.dev, isMadeUp);
  }
  return isMadeUp ? 'system' : 'file';
}

/** Refuses what is no file. */
export async function expectFile(path: string): Promise<void> {
  const kind = await kindOf(path);
  if (kind !== 'file') {
    throw new NotFollowable(path, kind);
  }
}

/** What a status says, but for files that the system makes up. */
export function kindByMode(found: Pick<Stats, 'isFile' | 'isDirectory' | 'isFIFO' | 'isSocket'>): FileKind {
  return found.isFile()
    ? 'file'
    : found.isDirectory()
      ? 'directory'
      : found.isFIFO()
        ? 'pipe'
        : found.isSocket()
          ? 'socket'
          : 'device';
}

/**
 * The descriptor of this process that a path names, where a stream is open there: what a shell makes
 * of `<(command)`, and `/dev/stdin`. It is read itself, since a socket cannot be opened by such a name.
 */
export function ownDescriptor(path: string): number | undefined {
  const [, number] = /^\/(?:dev|proc\/self)\/fd\/(\d+)$/.exec(path) ?? [];
  const descriptor = path === '/dev/stdin' ? 0 : number === undefined ? undefined : Number(number);
  if (descriptor === undefined) {
    return undefined;
  }
  try {
    const kind = kindByMode(fstatSync(descriptor));
    // A named pipe has a name besides, by which it is opened again for the next writer.
    const isNamed = kind === 'pipe' && process.platform === 'linux' && !isAnonymous(descriptor);
    return (kind === 'pipe' && !isNamed) || kind === 'socket' ? descriptor : undefined;
  } catch {
    return undefined;
  }
}

function isAnonymous(descriptor: number): boolean {
  return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith('pipe:');
}
