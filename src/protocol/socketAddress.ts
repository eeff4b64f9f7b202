import { WEBSOCKET_PATH } from './version';

/** How the name of a folder begins that an editor makes for the socket of its server, and for nothing else. */
export const SOCKET_FOLDER_PREFIX = 'live-log-stream-';

/** A local socket and what is asked for there. */
export interface SocketPlace {
  /** Path of a Unix socket, or of a pipe on Windows (`\\.\pipe\NAME`). */
  readonly path: string;
  /** Path and query of the request. */
  readonly resource: string;
}

/**
 * The address of a local socket, in the form that the `ws` package and others use: path of the socket,
 * colon, path of the request. What an address cannot hold as it is, such as the colons and backslashes
 * of a pipe's name, is percent-encoded, so that the one colon that separates the two can be found.
 */
export function socketAddress(path: string, resource: string = WEBSOCKET_PATH): string {
  return `ws+unix:${path.split('/').map(encodeURIComponent).join('/')}:${resource}`;
}

/** Reads such an address, as written by {@link socketAddress} or by hand, with an absolute path; null where it is none. */
export function readSocketAddress(text: string): SocketPlace | null {
  const parts = /^ws\+unix:(?<path>.+?)(?::(?<resource>\/[^:#]*))?$/is.exec(text)?.groups;
  if (parts?.path === undefined) {
    return null;
  }
  try {
    const path = decodeURIComponent(parts.path).replace(/^\/+/, '/');
    return /^[/\\]/.test(path) ? { path, resource: parts.resource ?? WEBSOCKET_PATH } : null;
  } catch {
    return null;
  }
}

/**
 * The longest path that a Unix socket may have, in bytes: its address has a fixed size, with a zero at
 * the end (unix(7): 108; macOS and the BSDs: 104). Pipes of Windows have names of up to 256 characters.
 */
export function longestSocketPath(platform: string): number {
  const sizes: Readonly<Record<string, number>> = { linux: 107, win32: 256 };
  return sizes[platform] ?? 103;
}
