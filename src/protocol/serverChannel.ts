/**
 * What an editor and the log server that it started say to each other over their own channel, which
 * nobody else can reach. Requests carry an id, and their answer repeats it. Both ends read strictly:
 * what is not exactly one of these is no message. Nothing of this travels over the network.
 */
export type ServerRequest =
  /** Listen on a port of the loopback too, if it does not yet; 0: any free one. Answered by `portOpen`. */
  | { readonly type: 'openPort'; readonly id: number; readonly port: number }
  /**
   * Give out a ticket for one page. `origin`: where that will be, if it is not an address of the loopback;
   * pages of that origin, and of no other, may read from now on. Answered by `ticket`.
   */
  | { readonly type: 'issueTicket'; readonly id: number; readonly origin: string | null };

export type ServerAnswer =
  /** `address`: that of the page, as it is to be had on this machine. */
  | { readonly type: 'portOpen'; readonly id: number; readonly address: string }
  | { readonly type: 'ticket'; readonly id: number; readonly ticket: string }
  /** `reason`: a sentence for a person. */
  | { readonly type: 'failed'; readonly id: number; readonly reason: string };

/** Reads what the editor asks; null for anything else. */
export function parseServerRequest(value: unknown): ServerRequest | null {
  const { type, id, port, origin } = fieldsOf(value);
  if (!isCount(id)) {
    return null;
  }
  if (type === 'openPort' && isCount(port) && port <= 65_535) {
    return { type, id, port };
  }
  if (type === 'issueTicket' && (origin === null || isWebOrigin(origin))) {
    return { type, id, origin };
  }
  return null;
}

/** Reads what the server answers; null for anything else. */
export function parseServerAnswer(value: unknown): ServerAnswer | null {
  const { type, id, address, ticket, reason } = fieldsOf(value);
  if (!isCount(id)) {
    return null;
  }
  if (type === 'portOpen' && typeof address === 'string' && /^https?:\/\/[^/?#]+$/.test(address)) {
    return { type, id, address };
  }
  if (type === 'ticket' && typeof ticket === 'string' && /^[\w-]+$/.test(ticket)) {
    return { type, id, ticket };
  }
  if (type === 'failed' && typeof reason === 'string') {
    return { type, id, reason };
  }
  return null;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** Whether it is an origin as browsers send it, of a page that came over HTTP. */
function isWebOrigin(value: unknown): value is string {
  try {
    return typeof value === 'string' && /^https?:/.test(value) && new URL(value).origin === value;
  } catch {
    return false;
  }
}
