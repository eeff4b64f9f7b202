import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Clock } from '../../base/clock';
import { CLOSE } from '../../protocol/closeCodes';
import type { HelloMessage } from '../../protocol/messages';
import { texts } from '../../text/texts';
import { SESSION_LIMITS } from './sessionLimits';
import type { ServedSession } from './sessionServer';
import { shownClient, Takeover } from './takeover';

/** Clients that may return per second after a restart. */
const RETURNS_PER_SECOND = 200;

/** Why somebody loses its place who has proved nothing: others came, or its time is up. */
type LostPlace = 'crowdedOut' | 'late';

/** The other end of a session's connection. */
export interface SessionPeer {
  /** Whether it has shown that it may read. */
  readonly isProven: boolean;
  /** It has shown that it may read. One that is about to end stays unproven. */
  prove(): void;
  /** Called where it loses its place before it has. */
  end: (why: LostPlace) => void;
}

/** What a session runs over. */
export interface SessionConnection {
  readonly webSocket: WebSocket;
  /** The connection below it. */
  readonly socket: Duplex;
  readonly peer: SessionPeer;
  /** Where it comes from, as logs show it. */
  readonly from: string;
  /** It says hello; others get lines as text. */
  readonly speaksOurs: boolean;
  /** It has shown already that it may read. */
  readonly isProof: boolean;
}

export interface SessionRegisterOptions {
  readonly clock: Clock;
  readonly maxClients: number;
  /** How long somebody may prove nothing, in ms. */
  readonly unprovenMs: number;
  /** Draws the keys of clients. */
  readonly draw: () => string;
  readonly log: (text: string) => void;
  /** The same, of those who have proved nothing. */
  readonly logStranger: (text: string) => void;
}

/** All sessions, from the opening of their WebSockets to the end of those: who counts as a client, and who takes whose place. */
export class SessionRegister {
  readonly #options: SessionRegisterOptions;
  /** With what each runs over. */
  readonly #sessions = new Map<ServedSession, SessionConnection>();
  /** Those of {@link #sessions} that have proved that they may read: they count against `maxClients`. */
  readonly #clients = new Set<ServedSession>();
  readonly #takeover: Takeover<ServedSession>;

  constructor(options: SessionRegisterOptions) {
    this.#options = options;
    this.#takeover = new Takeover(options.draw);
  }

  /** All sessions, those too that have proved nothing yet. */
  get size(): number {
    return this.#sessions.size;
  }

  /** Those that count against `maxClients`. */
  get clientCount(): number {
    return this.#clients.size;
  }

  hasPlace(): boolean {
    return this.#clients.size < this.#options.maxClients;
  }

  /** In which time clients are to come back, spread over it, were the server to restart now; ms. */
  reconnectWindowMs(): number {
    return Math.round((this.#sessions.size / RETURNS_PER_SECOND) * 1000);
  }

  /** Takes in a session that has just begun, until its WebSocket is closed. */
  add(session: ServedSession, connection: SessionConnection): void {
    const { webSocket, socket, peer, from, speaksOurs, isProof } = connection;
    const { log, logStranger } = this.#options;
    if (isProof) {
      this.#prove(session, peer);
    } else {
      peer.end = (why) => this.#turnAway(session, socket, why);
    }
    let problem: string | undefined;
    webSocket.on('error', (error) => {
      problem = error.message;
    });
    this.#sessions.set(session, connection);
    if (!speaksOurs) {
      log(texts.server.clientConnected(session.shownClient, from, this.#sessions.size));
    }
    webSocket.once('close', (code, reason) => {
      session.dispose();
      this.#sessions.delete(session);
      const wasClient = this.#clients.delete(session);
      if (session.clientId !== undefined) {
        this.#takeover.remove(session, session.clientId);
      }
      const why = session.closeReason ?? problem ?? texts.server.closedByClient(code, reason.toString('utf8'));
      const tell = wasClient ? log : logStranger;
      tell(texts.server.clientDisconnected(session.shownClient, why, this.#sessions.size));
    });
  }

  /**
   * Makes a session the one of its client, closes an older one, and returns the key to take it over by; null where
   * there is no place for one client more.
   */
  register(session: ServedSession, { clientId, takeoverKey: shownKey }: HelloMessage): string | null {
    const { takeoverKey, older } = this.#takeover.register(session, clientId, shownKey);
    older?.close(CLOSE.takenOver, texts.server.closeReason.takenOver);
    const connection = this.#sessions.get(session);
    if (connection?.peer.isProven === false) {
      const inherits = older !== undefined && this.#sessions.get(older)?.peer.isProven === true;
      if (inherits || this.hasPlace()) {
        this.#prove(session, connection.peer);
      } else {
        return null;
      }
    }
    const from = connection?.from ?? '';
    this.#options.log(texts.server.clientConnected(shownClient(clientId), from, this.#sessions.size));
    return takeoverKey;
  }

  /** Closes with 4300 all who have said hello. */
  closeEnded(): void {
    for (const session of [...this.#takeover.sessions()]) {
      session.close(CLOSE.streamEnded, texts.server.closeReason.ended);
    }
  }

  /** Says goodbye to all, and resolves when the last one is gone or a second has passed. */
  async goAway(): Promise<void> {
    const { clock } = this.#options;
    const windowMs = this.reconnectWindowMs();
    for (const session of [...this.#sessions.keys()]) {
      session.goAway(texts.server.closeReason.restart, windowMs);
    }
    const deadline = clock.now() + SESSION_LIMITS.closeMs;
    while (this.#sessions.size > 0 && clock.now() < deadline) {
      await new Promise<void>((resolve) => {
        clock.schedule(10, resolve);
      });
    }
  }

  #prove(session: ServedSession, peer: SessionPeer): void {
    peer.prove();
    if (peer.isProven) {
      this.#clients.add(session);
    }
  }

  /** Ends a WebSocket that has not proved that it may read. It is told why, and not waited for. */
  #turnAway(session: ServedSession, socket: Duplex, why: LostPlace): void {
    if (session.closeReason !== undefined) {
      socket.destroy();
      return;
    }
    const { closeReason } = texts.server;
    if (why === 'late') {
      session.close(CLOSE.protocolError, closeReason.helloTimeout(this.#options.unprovenMs));
    } else {
      session.close(CLOSE.overloaded, closeReason.overloaded);
    }
    socket.once('finish', () => socket.destroy());
    socket.end();
  }
}
