import type { IncomingMessage } from 'node:http';
import type { Clock } from '../base/clock';
import type { HelloMessage, LineCount } from '../protocol/messages';
import { texts } from '../text/texts';
import { Access } from './http/access';
import type { AccessRules } from './http/accessRules';
import { Admission, type Admitted } from './http/admission';
import { Ports } from './http/ports';
import { remoteAddress } from './http/remoteAddress';
import { createRequestHandler } from './http/requestHandler';
import { LimitedLog } from './limitedLog';
import { RingSource } from './ring/ringSource';
import type { ServerLog } from './ring/serverLog';
import { drawSecret } from './secret';
import type { ServerTimings } from './serverTimings';
import { PlainSession } from './sessions/plainSession';
import { Session } from './sessions/session';
import { SESSION_LIMITS } from './sessions/sessionLimits';
import { SessionRegister } from './sessions/sessionRegister';
import type { RunnableCommand, ServedSession, SessionServer } from './sessions/sessionServer';
import type { SourceSet } from './sourceSet';

export interface LogServerOptions {
  readonly clock: Clock;
  readonly host: string;
  readonly port: number;
  /** Path of a Unix socket or Windows pipe to listen on instead of host and port. */
  readonly socket?: string | undefined;
  readonly lines: LineCount;
  readonly timings: ServerTimings;
  readonly maxClients: number;
  readonly token: string | undefined;
  readonly allowedOrigins: readonly string[];
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | undefined;
  readonly pageFolder: string;
  readonly version: string;
  readonly sources: SourceSet;
  readonly serverLog: ServerLog;
  /** Clients wait for it, from the opening of the port on: the sources are there. Absent: they are. */
  readonly ready?: Promise<void>;
  /** The stream is over for everyone once all sources have ended. */
  readonly endWithSources: boolean;
  /** What clients on this machine may have run again once it has ended. */
  readonly command?: RunnableCommand | undefined;
  /** Draws tickets, the tokens of pages and the keys of clients; absent: at random. */
  readonly drawSecret?: () => string;
}

/** Puts together where it is listened, who is let in, and the sessions of those. */
export class LogServer implements SessionServer {
  readonly clock: Clock;
  readonly timings: ServerTimings;
  readonly #options: LogServerOptions;
  readonly #access: Access;
  readonly #ports: Ports;
  readonly #register: SessionRegister;
  /** Where a tunnel brings the page to, as the editor told. */
  #external: URL | undefined;

  constructor(options: LogServerOptions) {
    const { clock, timings, host, tls } = options;
    this.#options = options;
    this.clock = clock;
    this.timings = timings;
    const draw = options.drawSecret ?? drawSecret;
    const log = (text: string) => this.log('info', text);
    const strangers = new LimitedLog(clock, log);
    this.#access = new Access(options.token, clock, draw);
    this.#register = new SessionRegister({
      clock,
      maxClients: options.maxClients,
      unprovenMs: timings.unprovenMs,
      draw,
      log,
      logStranger: (text) => strangers.write(text),
    });
    const rules: AccessRules = {
      host,
      allowedOrigins: options.allowedOrigins,
      isGuarded: this.#access.isGuarded,
      external: () => this.#external,
    };
    const onRefused = (why: string, request: IncomingMessage) =>
      strangers.write(texts.server.requestRefused(why, remoteAddress(request)));
    const admission = new Admission({
      clock,
      rules,
      access: this.#access,
      ready: options.ready,
      closeMs: SESSION_LIMITS.closeMs,
      isStopping: () => this.#ports.isClosed,
      hasPlace: () => this.#register.hasPlace(),
      onRefused,
      admit: (admitted) => this.#admit(admitted),
    });
    this.#ports = new Ports({
      clock,
      host,
      tls,
      unprovenMs: timings.unprovenMs,
      createHandler: () =>
        createRequestHandler({
          pageFolder: options.pageFolder,
          rules,
          health: () => ({
            version: options.version,
            clients: this.#register.clientCount,
            sources: this.sources.length,
          }),
          redeem: (ticket) => this.#access.redeem(ticket),
          onRefused,
        }),
      onUpgrade: (request, socket, head, peer) => admission.upgrade(request, socket, head, peer),
      log,
    });
  }

  /**
   * Opens the port or the socket and returns the address for people.
   * @param port another one than in the options, where that was taken.
   * @throws the system's error, such as EADDRINUSE; it may be called again then.
   */
  async start(port = this.#options.port): Promise<string> {
    const { socket } = this.#options;
    return socket === undefined ? this.openPort(port) : this.#ports.openSocket(socket);
  }

  /**
   * Opens a port, if none is open yet, and returns the address of the page for people.
   *
   * @param port 0: any free one.
   * @throws the system's error, such as EADDRINUSE; another port may be tried then.
   */
  openPort(port: number): Promise<string> {
    return this.#ports.openPort(port);
  }

  /**
   * A ticket for one page; whoever shows it first, within two minutes, may read as if it had the token.
   *
   * @param origin where the page will be, if no address of the loopback: pages of this origin may read, those
   * of the one before no longer.
   */
  issueTicket(origin: string | null): string {
    this.#external = origin === null ? undefined : new URL(origin);
    return this.#access.issueTicket();
  }

  /**
   * Closes with 4300 the clients that are left once the stream has ended and everybody has all of it:
   * those that follow no source hear of no end. Sessions that have not said hello yet may still read.
   */
  closeEnded(): void {
    if (this.sources.every((source) => source instanceof RingSource && source.isReadToEnd)) {
      this.#register.closeEnded();
    }
  }

  /** All sessions, those too that have proved nothing yet. */
  get sessionCount(): number {
    return this.#register.size;
  }

  /** Says goodbye to all clients, and resolves when the last one is gone or a second has passed. */
  async stop(): Promise<void> {
    this.#ports.close();
    await this.#register.goAway();
    this.#ports.destroyConnections();
  }

  #admit(admitted: Admitted): void {
    const { webSocket, speaksOurs, authorized, isOperator } = admitted;
    const session = speaksOurs
      ? new Session(webSocket, this, authorized, isOperator)
      : new PlainSession(webSocket, this, this.#options.lines);
    this.#register.add(session, admitted);
  }

  // --- SessionServer ------------------------------------------------------------------------------

  get sources() {
    return this.#options.sources.all;
  }

  get names() {
    return this.#options.sources.names;
  }

  get onDidAddSource() {
    return this.#options.sources.onDidAdd;
  }

  get command(): RunnableCommand | undefined {
    return this.#options.command;
  }

  reconnectWindowMs(): number {
    return this.#register.reconnectWindowMs();
  }

  acceptsToken(token: string | undefined): boolean {
    return this.#access.accepts(token);
  }

  register(session: ServedSession, hello: HelloMessage): string | null {
    return this.#register.register(session, hello);
  }

  endsWithSources(): boolean {
    return this.#options.endWithSources && this.sources.every((source) => source.state === 'ended');
  }

  log(level: 'info' | 'debug', text: string): void {
    this.#options.serverLog.write(level, text);
  }
}
