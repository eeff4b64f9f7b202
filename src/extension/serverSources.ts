import { texts } from '../text/texts';
import { parseCommandLine } from './commandLine';

/** What a log server shall serve. */
export type ServerSources =
  | { readonly kind: 'files'; readonly paths: readonly string[] }
  | { readonly kind: 'command'; readonly line: string }
  | { readonly kind: 'demo' };

/** What a person calls these sources: a file's name, the command, "Demo log". */
export function sourcesLabel(sources: ServerSources): string {
  switch (sources.kind) {
    case 'files': {
      const [first = '', ...others] = sources.paths.map(fileName);
      return others.length === 0 ? first : texts.extension.server.fileAndOthers(first, others.length);
    }
    case 'command':
      return sources.line;
    case 'demo':
      return texts.extension.server.demoLabel;
  }
}

function fileName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

/**
 * The arguments of `live-log-server` for these sources, or null when the command cannot be read
 * (an unclosed quote).
 *
 * @param place the port to listen on (0: any free one), or the path of a socket.
 */
export function serverArguments(
  sources: ServerSources,
  place: number | string,
  platform: string,
): readonly string[] | null {
  const options = typeof place === 'string' ? ['--socket', place] : ['--port', String(place)];
  switch (sources.kind) {
    case 'files':
      // A path that starts with a dash would be read as an option; made relative to here it is a path again.
      return [...options, ...sources.paths.map((path) => (path.startsWith('-') ? `./${path}` : path))];
    case 'command': {
      const command = parseCommandLine(sources.line, platform);
      // Not the words, which may be those of a shell that runs the line, but what was typed.
      return command && [...options, `--name=${sources.line}`, '--', ...command];
    }
    case 'demo':
      return [...options, '--demo'];
  }
}

/** Reads back what was stored; undefined for anything else. */
export function readServerSources(stored: unknown): ServerSources | undefined {
  if (typeof stored !== 'object' || stored === null) {
    return undefined;
  }
  const { kind, paths, line } = stored as Record<string, unknown>;
  if (kind === 'demo') {
    return { kind };
  }
  if (kind === 'command' && typeof line === 'string' && line !== '') {
    return { kind, line };
  }
  if (kind === 'files' && Array.isArray(paths) && paths.length > 0 && paths.every((path) => typeof path === 'string')) {
    return { kind, paths };
  }
  return undefined;
}

/** Where a server says it listens, found in its ready line; null for any other line. */
export function readyAddress(line: string): string | null {
  return /^Live log server listening on (https?:\/\/\S+|ws\+unix:\S+)\s*$/.exec(line)?.[1] ?? null;
}

/** The address of the stream on a server that listens at `address`; that of a socket is it already. */
export function streamAddress(address: string): string {
  return isSocketAddress(address) ? address : `${address.replace(/^http/, 'ws').replace(/\/$/, '')}/ws`;
}

/** Whether it is the address of a local socket, which says nothing to a person. */
export function isSocketAddress(url: string): boolean {
  return url.startsWith('ws+unix:');
}
