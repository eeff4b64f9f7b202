import type { WebSocket } from 'ws';
import { shorten } from '../../base/shorten';
import { CLOSE } from '../../protocol/closeCodes';
import { type ClientMessage, FEATURES, type HelloMessage, type RunMessage } from '../../protocol/messages';
import { parseClientMessage } from '../../protocol/parse';
import { PROTOCOL_VERSION } from '../../protocol/version';
import { texts } from '../../text/texts';
import { Announcement } from './announcement';
import { Channel, type CloseEntry } from './channel';
import { Deliveries } from './deliveries';
import { Handshake } from './handshake';
import { HistoryAnswers } from './historyAnswers';
import { Outgoing } from './outgoing';
import { ResumePositions } from './resumePositions';
import { SESSION_LIMITS } from './sessionLimits';
import type { RunnableCommand, ServedSession, SessionServer } from './sessionServer';
import { Subscription } from './subscription';
import { shownClient } from './takeover';

/** A client that speaks this protocol; see docs/PROTOCOL.md. What it says is passed on to the part it concerns. */
export class Session implements ServedSession {
  readonly #server: SessionServer;
  /** The command that this client may have run again. */
  readonly #command: RunnableCommand | undefined;
  readonly #channel: Channel;
  readonly #outgoing: Outgoing;
  readonly #subscription: Subscription;
  readonly #handshake: Handshake;
  readonly #deliveries: Deliveries;
  readonly #announcement: Announcement;
  readonly #history: HistoryAnswers;

  /**
   * `authorized`: the token, where one is wanted, was in the upgrade request. `isOperator`: who started the
   * server is at the other end, and not merely somebody who may read.
   */
  constructor(socket: WebSocket, server: SessionServer, authorized: boolean, isOperator: boolean) {
    this.#server = server;
    this.#command = isOperator ? server.command : undefined;
    this.#channel = this.#openChannel(socket);
    this.#outgoing = new Outgoing(this.#channel, (text) => server.log('info', text));
    const positions = new ResumePositions(server.names);
    this.#subscription = new Subscription(server.names);
    this.#deliveries = new Deliveries(server, this.#channel, this.#outgoing, () => this.#closeIfEnded());
    this.#announcement = new Announcement({
      server,
      positions,
      channel: this.#channel,
      outgoing: this.#outgoing,
      deliveries: this.#deliveries,
      subscription: this.#subscription,
    });
    this.#history = new HistoryAnswers(this.#channel, this.#outgoing, this.#deliveries);
    this.#handshake = new Handshake({
      positions,
      clock: server.clock,
      subscription: this.#subscription,
      mayRead: (token) => authorized || server.acceptsToken(token),
      welcome: (hello) => this.#welcome(hello),
      completed: () => {
        this.#announcement.begin(this.#handshake.hello?.lines ?? 0);
        this.#deliveries.startMarks();
      },
      close: (entry, reason) => this.close(entry, reason),
    });
  }

  /** The client's own name for itself; undefined before it has said hello. */
  get clientId(): string | undefined {
    return this.#handshake.hello?.clientId;
  }

  /** What logs call it. */
  get shownClient(): string {
    return this.clientId === undefined ? texts.server.unnamedClient : shownClient(this.clientId);
  }

  /** Why the server closed this session, if it did. */
  get closeReason(): string | undefined {
    return this.#channel.closeReason;
  }

  /** Says why, closes, and cuts the connection if the client does not answer within a second. */
  close(entry: CloseEntry, reason: string): void {
    this.#channel.close(entry, reason);
  }

  /** The goodbye of a server that stops (PROTOCOL.md section 8). */
  goAway(reason: string, reconnectWindowMs: number): void {
    this.#outgoing.send({ type: 'goaway', reason, reconnectWindowMs });
    this.close(CLOSE.restart, reason);
  }

  dispose(): void {
    this.#channel.dispose();
  }

  #openChannel(socket: WebSocket): Channel {
    const { clock, timings } = this.#server;
    const { receiveTimeoutMs, heartbeatTimeoutMs, serverPingMs } = timings;
    const session = this;
    return new Channel(
      socket,
      clock,
      { receiveTimeoutMs, heartbeatTimeoutMs, pingMs: serverPingMs },
      {
        get heartbeatMs() {
          return session.#handshake.hello?.heartbeatMs;
        },
        get waitsForTaking() {
          return session.#announcement.waitsForTaking;
        },
        sendPing: (id) => this.#outgoing.send({ type: 'ping', id }),
        received: (data, isBinary) => this.#received(data, isBinary),
        roomAgain: () => {
          this.#history.wake();
          this.#deliveries.roomAgain();
        },
        over: () => {
          this.#handshake.dispose();
          this.#announcement.dispose();
          this.#deliveries.dispose();
          this.#history.wake();
        },
      },
    );
  }

  #received(data: Buffer, isBinary: boolean): void {
    const { closeReason } = texts.server;
    if (isBinary) {
      this.close(CLOSE.protocolError, closeReason.binary);
      return;
    }
    const parsed = parseClientMessage(data.toString('utf8'));
    if (parsed.kind === 'malformed') {
      this.close(CLOSE.protocolError, parsed.reason);
    } else if (this.#handshake.hello === undefined && !(parsed.kind === 'message' && parsed.message.type === 'hello')) {
      this.close(CLOSE.protocolError, closeReason.helloFirst);
    } else if (parsed.kind === 'message') {
      this.#take(parsed.message);
    }
  }

  #take(message: ClientMessage): void {
    switch (message.type) {
      case 'hello':
        this.#handshake.takeHello(message);
        break;
      case 'resume':
        this.#handshake.takePart(message);
        break;
      case 'ping':
        this.#outgoing.send({ type: 'pong', id: message.id });
        this.#server.log('debug', texts.server.clientHeartbeat(this.shownClient));
        break;
      case 'pong':
        this.#channel.answered(message.id);
        break;
      case 'subscribe':
        this.#subscribe(message.sources);
        break;
      case 'history':
        void this.#history.answer(message);
        break;
      case 'run':
        this.#runAgain(message);
        break;
    }
  }

  /** Takes the client in; false where there is no place for it. */
  #welcome(hello: HelloMessage): boolean {
    const takeoverKey = this.#server.register(this, hello);
    if (takeoverKey === null) {
      return false;
    }
    const { timings } = this.#server;
    this.#outgoing.send({
      type: 'welcome',
      version: PROTOCOL_VERSION,
      clientId: hello.clientId,
      takeoverKey,
      pingMs: timings.clientPingMs,
      receiveTimeoutMs: timings.receiveTimeoutMs,
      heartbeatTimeoutMs: timings.heartbeatTimeoutMs,
      reconnectWindowMs: this.#server.reconnectWindowMs(),
      features: [FEATURES.resumeParts, ...(this.#command ? [FEATURES.run] : [])],
    });
    return true;
  }

  #subscribe(sources: readonly string[]): void {
    if (!this.#handshake.choose(sources) || !this.#handshake.isComplete) {
      return;
    }
    const wants = (source: string) => this.#subscription.wants(source);
    this.#announcement.keepOnly(wants);
    this.#deliveries.keepOnly(wants);
    this.#history.wake();
    void this.#announcement.joinWanted();
  }

  /** Only the server's own command, and only once it has ended (PROTOCOL.md section 11). */
  #runAgain({ source }: RunMessage): void {
    if (!this.#command) {
      this.#outgoing.refuse('forbidden', texts.server.runForbidden);
    } else if (!this.#command.owns(source)) {
      const shown = shorten(source, SESSION_LIMITS.echoedCharacters);
      this.#outgoing.refuse('no-such-source', texts.server.runNoCommand(shown));
    } else if (this.#command.runAgain()) {
      this.#server.log('info', texts.server.runAsked(this.shownClient));
    } else {
      this.#outgoing.refuse('running', texts.server.runRunning);
    }
  }

  /** The stream is over for this client once all that it follows has ended. */
  #closeIfEnded(): void {
    const hasAll = this.#deliveries.size === this.#server.sources.length || this.#subscription.isChosen;
    if (hasAll && this.#deliveries.haveEnded && this.#server.endsWithSources()) {
      this.close(CLOSE.streamEnded, texts.server.closeReason.ended);
    }
  }
}
