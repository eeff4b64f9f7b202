import type { ConnectionFormat } from '../client/connection';
import { CONNECTION_FORMATS } from './settingsKeys';

/** Where a stream comes from. */
export interface StreamTarget {
  /** Unique among the streams of a window. */
  readonly name: string;
  readonly url: string;
  readonly format: ConnectionFormat;
  /** A connection in the settings, an address that was entered, or the log server of this window. */
  readonly origin: 'settings' | 'address' | 'server';
}

/** As it is stored. The server of this window is at another place each time, and that is nobody else's business. */
export function targetToStore(target: StreamTarget): StreamTarget {
  return target.origin === 'server' ? { ...target, url: '' } : target;
}

/** Reads back what was stored; undefined for anything else. */
export function readStreamTarget(stored: unknown): StreamTarget | undefined {
  if (typeof stored !== 'object' || stored === null) {
    return undefined;
  }
  const { name, url, format, origin } = stored as Record<string, unknown>;
  const knownFormat = CONNECTION_FORMATS.find((known) => known === format);
  if (
    typeof name !== 'string' ||
    typeof url !== 'string' ||
    knownFormat === undefined ||
    (origin !== 'settings' && origin !== 'address' && origin !== 'server')
  ) {
    return undefined;
  }
  return { name, url, format: knownFormat, origin };
}
