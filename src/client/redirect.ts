/** So many redirects in a row are followed. */
export const REDIRECTS_MAX = 5;

const defaultPort: Readonly<Record<string, string>> = { 'ws:': '80', 'wss:': '443' };

/** Where an answer to an upgrade leads. */
export interface Redirect {
  /** Absolute ws: or wss: address. */
  readonly url: string;
  /** For people: without user name, password and query. */
  readonly shown: string;
  /**
   * Whether the client goes there by itself: to the same host, and never from TLS to none. RFC 6455 section
   * 4.2.2 leaves it to the client; a server must not be able to send one to hosts of its choice, where
   * the person's machine may be let in and the server is not.
   */
  readonly isFollowed: boolean;
  /** Whether the token may go there: to the same port, or to the one of https behind that of http. */
  readonly keepsToken: boolean;
}

/** Reads the `Location` of an HTTP redirect (RFC 9110 section 10.2.2); null where it is no address. */
export function readRedirect(from: string, status: number, location: string | undefined): Redirect | null {
  if (status < 300 || status >= 400 || location === undefined) {
    return null;
  }
  let target: URL;
  let origin: URL;
  try {
    origin = new URL(from);
    target = new URL(location, from);
    target.protocol = target.protocol.replace(/^http/, 'ws');
  } catch {
    return null;
  }
  if (target.protocol !== 'ws:' && target.protocol !== 'wss:') {
    return null;
  }
  target.hash = '';
  const isUpgrade = origin.protocol === 'ws:' && target.protocol === 'wss:';
  const isSameHost = origin.hostname === target.hostname;
  const isSamePort = portOf(origin) === portOf(target);
  return {
    url: target.href,
    shown: `${target.protocol}//${target.host}${target.pathname}`,
    isFollowed: isSameHost && (isUpgrade || origin.protocol === target.protocol),
    keepsToken: isSamePort || (isUpgrade && portOf(origin) === '80' && portOf(target) === '443'),
  };
}

function portOf({ protocol, port }: URL): string {
  return port === '' ? (defaultPort[protocol] ?? '') : port;
}
