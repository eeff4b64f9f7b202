import type { WebSocket } from 'ws';

/** Node.js has this figure and looks at it for its own socket timeout, but does not declare it. */
interface Handle {
  readonly writeQueueSize?: unknown;
  /** The handle below that of a TLS socket, which only counts whole writes. */
  readonly _parent?: Handle | null;
}

interface UndeclaredParts {
  readonly _socket?: { readonly _handle?: Handle | null } | null;
}

/**
 * What the system has not taken yet of the write under way, in bytes. `bufferedAmount` stands still
 * until a whole write is done, and one of a megabyte takes a minute on a slow way. 0 where a runtime
 * does not tell.
 */
export function pendingBytes(socket: WebSocket): number {
  const handle = (socket as unknown as UndeclaredParts)._socket?._handle;
  const bytes = (handle?._parent ?? handle)?.writeQueueSize;
  return typeof bytes === 'number' ? bytes : 0;
}
