import type { Clock } from '../../base/clock';
import type { Disposable } from '../../base/disposable';
import type { HelloMessage } from '../../protocol/messages';
import type { LogSource } from '../logSource';
import type { ServerTimings } from '../serverTimings';
import type { SourceNames } from '../sourceId';
import type { CloseEntry } from './channel';

/** The server's own command, which can be run again once it has ended. */
export interface RunnableCommand {
  owns(source: string): boolean;
  /** False while it runs. */
  runAgain(): boolean;
}

/** A session as its server holds it. */
export interface ServedSession extends Disposable {
  /** The client's own name for itself; undefined before it has said hello, and for one that speaks plain text. */
  readonly clientId: string | undefined;
  /** What logs call it. */
  readonly shownClient: string;
  /** Why the server closed it, if it did. */
  readonly closeReason: string | undefined;
  close(entry: CloseEntry, reason: string): void;
  /** The goodbye of a server that stops. */
  goAway(reason: string, reconnectWindowMs: number): void;
}

/** What a session needs of its server. */
export interface SessionServer {
  readonly clock: Clock;
  readonly timings: ServerTimings;
  readonly sources: readonly LogSource[];
  /** What clients call them. */
  readonly names: SourceNames<LogSource>;
  /** Told when a source joins (a new match of a pattern). */
  readonly onDidAddSource: (listener: (source: LogSource) => void) => Disposable;
  reconnectWindowMs(): number;
  /** Whether a token that came in `hello` is right; true where none is wanted. */
  acceptsToken(token: string | undefined): boolean;
  /**
   * Makes this session the one of its client, closes an older one, and returns the key to take it over by; null where
   * there is no place for one client more.
   */
  register(session: ServedSession, hello: HelloMessage): string | null;
  /** All sources of a session have ended. True: the stream ends with them. */
  endsWithSources(): boolean;
  log(level: 'info' | 'debug', text: string): void;
  /** What an operator's client may have run again; absent: nothing. */
  readonly command?: RunnableCommand | undefined;
}
