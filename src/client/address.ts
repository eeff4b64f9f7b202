import { readSocketAddress, socketAddress } from '../protocol/socketAddress';
import { WEBSOCKET_PATH } from '../protocol/version';
import { clientTexts } from '../text/client';

/** An address that can be dialled. */
export interface Address {
  /** Absolute ws:, wss: or ws+unix: address, as dialled. May hold a user name, a password or secrets in its query. */
  readonly url: string;
  /** For people and reports: without user name, password and query. */
  readonly shown: string;
  /** What is learned is remembered under this: scheme, host, port and path. */
  readonly key: string;
  /** Whether the server is on this machine. */
  readonly loopback: boolean;
  /** Path of the Unix socket or Windows pipe to dial; absent for a port. */
  readonly socketPath?: string;
}

export type AddressResult =
  | { readonly kind: 'address'; readonly address: Address }
  /** `problem` is one sentence: what is wrong and what to write instead. */
  | { readonly kind: 'problem'; readonly problem: string };

const schemes: ReadonlyMap<string, string> = new Map([
  ['ws:', 'ws:'],
  ['wss:', 'wss:'],
  ['http:', 'ws:'],
  ['https:', 'wss:'],
]);

const loopbackHost = /^(localhost|.*\.localhost|127(\.\d{1,3}){3}|\[::1\]|\[::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}\])$/;

/**
 * Reads what a person wrote as the address of a log server: ws:, wss:, http: (becomes ws:), https:
 * (becomes wss:) or, for a local socket, `ws+unix:SOCKET:PATH`. Where no path is given it is that of
 * our own server, `/ws`.
 */
export function parseAddress(text: string): AddressResult {
  const trimmed = text.trim();
  if (trimmed === '') {
    return { kind: 'problem', problem: clientTexts.address.empty };
  }
  const socket = readSocketAddress(trimmed);
  if (socket !== null) {
    const { path, resource } = socket;
    const shown = socketAddress(path, resource.replace(/\?.*$/s, ''));
    const address = { url: socketAddress(path, resource), shown, key: shown, loopback: true, socketPath: path };
    return { kind: 'address', address };
  }
  let url: URL;
  try {
    url = new URL(trimmed);
  } catch {
    return { kind: 'problem', problem: clientTexts.address.unusable(shorten(trimmed)) };
  }
  const scheme = schemes.get(url.protocol);
  if (scheme === undefined || url.hostname === '' || !/^[a-z]+:\/\//i.test(trimmed)) {
    return { kind: 'problem', problem: clientTexts.address.unusable(shorten(trimmed)) };
  }
  url.protocol = scheme;
  url.hash = '';
  if (url.pathname === '' || url.pathname === '/') {
    url.pathname = WEBSOCKET_PATH;
  }
  const shown = `${scheme}//${url.host}${url.pathname}`;
  return {
    kind: 'address',
    address: { url: url.href, shown, key: shown, loopback: loopbackHost.test(url.hostname) },
  };
}

/** An address in a sentence: whatever stands before an @ or after a ? may be a secret. */
function shorten(text: string): string {
  const harmless = text.replace(/\/\/[^/@]*@/, '//').replace(/\?.*$/s, '?…');
  return harmless.length > 100 ? `${harmless.slice(0, 100)}…` : harmless;
}
