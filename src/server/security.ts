import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Who may ask. */
export interface AccessRules {
  /** The name or address the server was bound to. */
  readonly host: string;
  readonly allowedOrigins: readonly string[];
  readonly token: string | undefined;
}

export type Refusal = 'badHost' | 'badOrigin' | 'badToken';

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

/** Host and Origin of a request. Both are checked before anything else is looked at. */
export function checkRequest(request: IncomingMessage, rules: AccessRules): Refusal | undefined {
  const name = hostName(request.headers.host);
  const bound = rules.host.toLowerCase();
  const everyAddress = bound === '0.0.0.0' || bound === '::';
  // Bound to every address there is no one name to hold the header against; the token guards then.
  if (name === undefined || !(isLoopback(name) || name === bound || (everyAddress && rules.token !== undefined))) {
    return 'badHost';
  }
  const { origin } = request.headers;
  if (origin !== undefined && !rules.allowedOrigins.includes(origin)) {
    let originHost: string | undefined;
    try {
      originHost = new URL(origin).host;
    } catch {
      // "null", or no address at all.
    }
    if (originHost === undefined || originHost === '' || originHost !== request.headers.host?.toLowerCase()) {
      return 'badOrigin';
    }
  }
  return undefined;
}

/** Compares in constant time, whatever the lengths. */
export function tokenMatches(given: string | undefined, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given ?? ''), digest(expected)) && given !== undefined;
}

/** The token a request shows in its header. The scheme's case does not matter (RFC 9110 section 11.1). */
export function bearerToken(request: IncomingMessage): string | undefined {
  return /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
}
