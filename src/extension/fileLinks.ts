/** A path that a log names, read without believing it: it may be of another machine, or hostile. */
export interface FileLink {
  /** Its parts without drive, scheme and dots, as far as they can be compared: at least the file's name. */
  readonly parts: readonly string[];
  /** The path on this machine that it may be as it stands; null where it is none. */
  readonly absolute: string | null;
  /** It names another machine: asking for it would hand that one this person's credentials. */
  readonly network: boolean;
  /** Of a system that takes upper and lower case for the same. */
  readonly anyCase: boolean;
}

/** Paths are shorter on every system. */
const LONGEST_PATH = 4096;
/** More folders above a file say nothing about it. */
const MOST_PARTS = 32;
const CONTROL = /[\u0000-\u001f\u007f]/;
const SCHEME = /^([a-z][a-z0-9+.-]+):\/\/([^/\\]*)/i;
const DRIVE = /^[a-z]:[\\/]/i;

/**
 * Reads a path as logs write it: `/app/src/x.ts`, `C:\build\x.cs`, `./src/x.ts`,
 * `webpack:///./src/x.ts?1a2b`, `file:///app/x.ts`. Null for what cannot name a file.
 *
 * @param platform `process.platform` of the machine whose files are opened.
 */
export function readFileLink(path: string, platform: string): FileLink | null {
  if (path.length > LONGEST_PATH || CONTROL.test(path)) {
    return null;
  }
  const scheme = SCHEME.exec(path);
  if (scheme === null) {
    const network = /^[\\/]{2}/.test(path);
    return make(path, network, !network && isAbsolute(path, platform) ? path : null);
  }
  const [whole, name = '', host = ''] = scheme;
  const rest = path.slice(whole.length);
  if (name.toLowerCase() !== 'file') {
    // Bundlers' addresses: the host is the project's name, the question mark a hash of theirs.
    return make(rest.replace(/\?.*$/, ''), false, null);
  }
  const decoded = decode(rest);
  if (decoded === null || CONTROL.test(decoded)) {
    return null;
  }
  // file:///C:/x is C:/x there; file:////host/x is a network path in disguise.
  const local = DRIVE.test(decoded.slice(1)) ? decoded.slice(1) : decoded;
  const network = !['', 'localhost'].includes(host.toLowerCase()) || /^[\\/]{2}/.test(local);
  return make(local, network, !network && isAbsolute(local, platform) ? local : null);
}

function make(path: string, network: boolean, absolute: string | null): FileLink | null {
  const anyCase = path.includes('\\') || DRIVE.test(path);
  const parts: string[] = [];
  for (const part of path.replace(/^[a-z]:/i, '').split(anyCase ? /[\\/]+/ : /\/+/)) {
    if (part === '..') {
      parts.pop();
    } else if (part !== '' && part !== '.') {
      parts.push(part);
    }
  }
  return parts.length === 0 ? null : { parts: parts.slice(-MOST_PARTS), absolute, network, anyCase };
}

function isAbsolute(path: string, platform: string): boolean {
  return platform === 'win32' ? DRIVE.test(path) : path.startsWith('/');
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/**
 * Those of the candidates that share the longest tail with the link, whole parts only; all of them
 * when several are equally good, the shortest path first. Empty where not even the name is the same.
 *
 * @param candidates paths on this machine.
 */
export function bestMatches(link: FileLink, candidates: readonly string[]): readonly string[] {
  const fold = (part: string) => (link.anyCase ? part.toLowerCase() : part);
  const wanted = link.parts.map(fold).reverse();
  let best: string[] = [];
  let bestTail = 1;
  for (const candidate of candidates) {
    const parts = candidate
      .split(/[\\/]+/)
      .map(fold)
      .reverse();
    let tail = 0;
    while (tail < wanted.length && parts[tail] === wanted[tail]) {
      tail++;
    }
    if (tail > bestTail) {
      best = [];
      bestTail = tail;
    }
    if (tail === bestTail) {
      best.push(candidate);
    }
  }
  return best.sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
}

/**
 * A pattern for the workspace's files whose path ends like the link's: `count` parts of it. What means
 * something in a pattern stands as "any character", so more may be found than is meant.
 */
export function searchPattern({ parts }: FileLink, count: number): string {
  return `**/${parts
    .slice(-count)
    .map((part) => part.replace(/[*?[\]{}!,\\]/g, '?'))
    .join('/')}`;
}
