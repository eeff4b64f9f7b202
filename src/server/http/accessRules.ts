import type { IncomingMessage } from 'node:http';

/** Who may ask. */
export interface AccessRules {
  /** The name or address the server was bound to. */
  readonly host: string;
  readonly allowedOrigins: readonly string[];
  /** Whether a token is wanted. */
  readonly isGuarded: boolean;
  /** Where a tunnel brings the page to, told by the editor that made it; undefined: nowhere. */
  readonly external: () => URL | undefined;
}

export type Refusal = 'badHost' | 'badOrigin';

/** The name in a Host header, without port and brackets, in lower case; undefined if it is none. */
function hostName(header: string | undefined): string | undefined {
  if (header === undefined || !/^[\w.:[\]-]+$/.test(header)) {
    return undefined;
  }
  try {
    return new URL(`http://${header}`).hostname.replace(/^\[|\]$/g, '');
  } catch {
    return undefined;
  }
}

/** Whether a name can only mean this machine, whatever a name server says. */
export function isLoopback(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name);
}

/**
 * Whether only this machine can reach a server that is bound to `host`: whoever can is taken for its
 * operator, as far as running its own command again goes.
 */
export function isBoundLocally(host: string): boolean {
  return isLoopback(host.toLowerCase());
}

/** What a proxy says of those it asks for (RFC 7239, RFC 9110 section 7.6.3, and what came before). */
const PROXY_HEADERS = ['forwarded', 'via', 'x-forwarded-for', 'x-real-ip'] as const;

/**
 * Whether a request comes from who started the server: a client on this machine that no proxy stands
 * for, or a page that this very server gave out. A page of another origin that may read may not command,
 * and under the name of such an origin there is only what a proxy brings, whatever it says.
 */
export function isOperator({ headers }: IncomingMessage, rules: AccessRules): boolean {
  const isForwarded = PROXY_HEADERS.some((name) => headers[name] !== undefined);
  const name = hostName(headers.host);
  const isProxied = !isOwnName(name, rules) && isNameOfAllowedOrigin(name, rules);
  return isBoundLocally(rules.host) && !isForwarded && !isProxied && isOwnOrigin(headers);
}

/** Whether a name is this server's own: of the loopback, or the one it was bound to. */
function isOwnName(name: string | undefined, { host, isGuarded }: AccessRules): boolean {
  const bound = host.toLowerCase();
  const everyAddress = bound === '0.0.0.0' || bound === '::';
  // Bound to every address there is no one name to hold the header against; the token guards then.
  return name !== undefined && (isLoopback(name) || name === bound || (everyAddress && isGuarded));
}

/** Whether a name is that of an origin that was allowed: a proxy there may hand `Host` on as it came. */
function isNameOfAllowedOrigin(name: string | undefined, { allowedOrigins }: AccessRules): boolean {
  return allowedOrigins.some((origin) => {
    const { protocol, hostname } = new URL(origin);
    // Other schemes, such as a browser extension's, have no names that a request could be made to.
    return (protocol === 'http:' || protocol === 'https:') && hostname.replace(/^\[|\]$/g, '') === name;
  });
}

/** Whether a page, if it was one, came from this very address. */
function isOwnOrigin({ origin, host }: IncomingMessage['headers']): boolean {
  if (origin === undefined) {
    return true;
  }
  try {
    const originHost = new URL(origin).host;
    return originHost !== '' && originHost === host?.toLowerCase();
  } catch {
    // "null", or no address at all.
    return false;
  }
}

/** Host and Origin of a request. Both are checked before anything else is looked at. */
export function checkRequest(request: IncomingMessage, rules: AccessRules): Refusal | undefined {
  const name = hostName(request.headers.host);
  const external = rules.external();
  const { origin } = request.headers;
  const isOwn = isOwnName(name, rules);
  if (!isOwn && !isNameOfAllowedOrigin(name, rules) && (name === undefined || name !== external?.hostname)) {
    return 'badHost';
  }
  if (origin === undefined || origin === external?.origin || rules.allowedOrigins.includes(origin)) {
    return undefined;
  }
  // Under the name of a tunnel or proxy there are only pages that came through it.
  return isOwn && isOwnOrigin(request.headers) ? undefined : 'badOrigin';
}

/** The token a request shows in its header. The scheme's case does not matter (RFC 9110 section 11.1). */
export function bearerToken(request: IncomingMessage): string | undefined {
  return /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
}
