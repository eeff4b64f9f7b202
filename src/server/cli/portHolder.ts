import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { get as getPlain } from 'node:http';
import { get as getOverTls } from 'node:https';
import { createServer } from 'node:net';
import { basename } from 'node:path';
import type { Clock } from '../../base/clock';
import type { Disposable } from '../../base/disposable';
import { HEALTH_PATH, HEALTH_SERVER } from '../../protocol/version';

/** Who holds a port that was wanted. */
export type PortHolder =
  | { readonly kind: 'logServer'; readonly version: string; readonly url: string }
  | { readonly kind: 'process'; readonly name: string; readonly processId: number }
  | { readonly kind: 'unknown' };

/** How long the question may take altogether: whoever waits for the answer wants to start a server. */
const DEADLINE_MS = 1000;
/** How long one question over HTTP may take: two of them fit into the deadline. */
const ANSWER_MS = 400;
/** Our health answer has some hundred bytes; whoever answers more is somebody else. */
const MOST_ANSWER_BYTES = 4096;
/** How many ports after the wanted one are tried. */
const PORTS_TRIED = 100;
const HIGHEST_PORT = 65_535;

/**
 * Finds out who listens on a port: a log server of ours says so itself, of another program the system
 * tells the name, as far as it does without privileges. Takes a second at most, and never throws.
 */
export async function findPortHolder(host: string, port: number, clock: Clock): Promise<PortHolder> {
  const unknown: PortHolder = { kind: 'unknown' };
  let timer: Disposable | undefined;
  const deadline = new Promise<PortHolder>((resolve) => {
    timer = clock.schedule(DEADLINE_MS, () => resolve(unknown));
  });
  const search = async (): Promise<PortHolder> => {
    // Both at once: a program that listens and never answers is named all the same.
    const named = namedBySystem(port);
    return (await askedOverHttp(host, port, clock)) ?? (await named) ?? unknown;
  };
  try {
    return await Promise.race([search().catch(() => unknown), deadline]);
  } finally {
    timer?.dispose();
  }
}

/**
 * The first port after a wanted one that this host can listen on now.
 * @returns undefined where none of the next hundred is free.
 */
export async function nextFreePort(host: string, port: number): Promise<number | undefined> {
  for (let next = port + 1; next <= Math.min(port + PORTS_TRIED, HIGHEST_PORT); next++) {
    if (await canListen(host, next)) {
      return next;
    }
  }
  return undefined;
}

function canListen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host, port, ipv6Only: true }, () => server.close(() => resolve(true)));
  });
}

/** Reads an answer of {@link HEALTH_PATH}; undefined unless it is one of a server of ours. */
export function readHealth(text: string): { readonly version: string } | undefined {
  try {
    const health: unknown = JSON.parse(text);
    if (typeof health === 'object' && health !== null && 'server' in health && health.server === HEALTH_SERVER) {
      const version = 'version' in health && typeof health.version === 'string' ? health.version : '';
      // It stands in a sentence: nothing but a version number comes in.
      return { version: /^[\w.+-]{1,40}$/.test(version) ? version : '' };
    }
  } catch {
    // Somebody else's answer.
  }
  return undefined;
}

async function askedOverHttp(host: string, port: number, clock: Clock): Promise<PortHolder | undefined> {
  const asked = reachable(host);
  const shown = asked.includes(':') ? `[${asked}]` : asked;
  for (const scheme of ['http', 'https'] as const) {
    const url = `${scheme}://${shown}:${port}`;
    const answer = await fetchLimited(scheme, `${url}${HEALTH_PATH}`, clock);
    // Whoever answers over HTTP is not asked a second time in a language that it would complain of.
    if (answer !== undefined) {
      const health = readHealth(answer);
      return health && { kind: 'logServer', version: health.version, url };
    }
  }
  return undefined;
}

/** Where all addresses are listened on, this machine's own one leads there too. */
function reachable(host: string): string {
  return host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
}

/** The body of an answer, an empty text where it is too long or breaks off; undefined where none comes in time. */
function fetchLimited(scheme: 'http' | 'https', url: string, clock: Clock): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = { agent: false, headers: { Connection: 'close' } };
    const get = scheme === 'http' ? getPlain : getOverTls;
    // Nothing secret is said: whether the certificate is trusted does not matter for the question.
    const request = get(url, { ...options, ...(scheme === 'https' ? { rejectUnauthorized: false } : {}) });
    const give = (text: string | undefined) => {
      timer.dispose();
      request.destroy();
      resolve(text);
    };
    const timer = clock.schedule(ANSWER_MS, () => give(undefined));
    request.on('error', () => give(undefined));
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > MOST_ANSWER_BYTES) {
          give('');
        }
      });
      response.on('error', () => give(''));
      response.on('end', () => give(text));
    });
  });
}

async function namedBySystem(port: number): Promise<PortHolder | undefined> {
  try {
    if (process.platform === 'linux') {
      return await namedByProc(port);
    }
    if (process.platform === 'darwin') {
      return readLsof(await outputOf('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc']));
    }
  } catch {
    // Whatever the system does not tell stays unknown.
  }
  return undefined;
}

/** The inodes of sockets that listen on a port, from the text of `/proc/net/tcp` or `tcp6`. */
export function listeningInodes(table: string, port: number): readonly string[] {
  const LISTEN = '0A';
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => state === LISTEN && Number.parseInt(local?.split(':').at(-1) ?? '', 16) === port)
    .map((fields) => fields[9] ?? '')
    .filter((inode) => /^[1-9]\d*$/.test(inode));
}

/** What `lsof -Fpc` names: `p` and the process, `c` and its command, each on a line. */
export function readLsof(text: string): PortHolder | undefined {
  const processId = Number(/^p(\d+)$/m.exec(text)?.[1] ?? 0);
  const name = /^c(.+)$/m.exec(text)?.[1];
  return processId > 0 && name !== undefined ? { kind: 'process', name, processId } : undefined;
}

/** Looks through the sockets of those processes whose files this user may see. */
async function namedByProc(port: number): Promise<PortHolder | undefined> {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((path) => readFile(path, 'utf8').catch(() => '')),
  );
  const wanted = new Set(tables.flatMap((table) => listeningInodes(table, port)).map((inode) => `socket:[${inode}]`));
  if (wanted.size === 0) {
    return undefined;
  }
  for (const entry of await readdir('/proc')) {
    if (/^\d+$/.test(entry) && (await holdsSocket(entry, wanted))) {
      // Not "comm": threads name themselves there, Node.js 24 its main one.
      const name = basename(await readlink(`/proc/${entry}/exe`)).replace(/ \(deleted\)$/, '');
      return { kind: 'process', name, processId: Number(entry) };
    }
  }
  return undefined;
}

async function holdsSocket(processId: string, wanted: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${processId}/fd`;
  // Of other users' processes the system does not tell.
  const descriptors = await readdir(folder).catch(() => []);
  for (const descriptor of descriptors) {
    if (wanted.has(await readlink(`${folder}/${descriptor}`).catch(() => ''))) {
      return true;
    }
  }
  return false;
}

function outputOf(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: DEADLINE_MS, maxBuffer: 64 * 1024 }, (_error, output) => resolve(output));
  });
}
