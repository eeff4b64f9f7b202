import type { WebSocket } from 'ws';
import type { Clock } from '../../base/clock';
import { type Disposable, DisposableStore, toDisposable } from '../../base/disposable';
import { shorten } from '../../base/shorten';
import { Slots } from '../../base/slots';
import { CLOSE, fitCloseReason } from '../../protocol/closeCodes';
import { encodeFrameHead, type LinesHeader } from '../../protocol/frames';
import { LIMITS } from '../../protocol/limits';
import {
  type ClientMessage,
  EVENT_KINDS,
  FEATURES,
  type HelloMessage,
  type HistoryMessage,
  type LineCount,
  type ResumeMessage,
  type ResumePosition,
  type RunMessage,
  type ServerMessage,
  type SourceState,
} from '../../protocol/messages';
import { parseClientMessage } from '../../protocol/parse';
import { PROTOCOL_VERSION } from '../../protocol/version';
import { texts } from '../../text/texts';
import type { EventItem, LinesItem, LogSource, ReadItem, SourceReader, StartingPoint } from '../logSource';
import type { ServerTimings } from '../serverTimings';
import { SourceNames, toldName } from '../sourceId';
import { Delivery, type DeliverySink } from './delivery';
import { FrameLimit } from './frameLimit';
import { Liveness } from './liveness';
import { pendingBytes } from './pendingWrite';
import { ResumePositions } from './resumePositions';
import { SESSION_LIMITS } from './sessionLimits';
import { isShared, SharedEvents } from './sharedEvents';
import { SourceOpening } from './sourceOpening';
import { StallWatch } from './stallWatch';
import { shownClient } from './takeover';

/** The server's own command, which can be run again once it has ended. */
export interface RunnableCommand {
  owns(source: string): boolean;
  /** False while it runs. */
  runAgain(): boolean;
}

/** What a session needs of its server. */
export interface SessionServer {
  readonly clock: Clock;
  readonly timings: ServerTimings;
  readonly sources: readonly LogSource[];
  /** Told when a source joins (a new match of a pattern). */
  readonly onDidAddSource: (listener: (source: LogSource) => void) => Disposable;
  reconnectWindowMs(): number;
  /** Whether a token that came in `hello` is right; true where none is wanted. */
  acceptsToken(token: string | undefined): boolean;
  /**
   * Makes this session the one of its client, closes an older one, and returns the key to take it over by; null where
   * there is no place for one client more.
   */
  register(session: Session, hello: HelloMessage): string | null;
  /** All sources of a session have ended. True: the stream ends with them. */
  endsWithSources(): boolean;
  log(level: 'info' | 'debug', text: string): void;
  readonly clientCount: number;
  /** What an operator's client may have run again; absent: nothing. */
  readonly command?: RunnableCommand | undefined;
}

type CloseEntry = (typeof CLOSE)[keyof typeof CLOSE];

/** A client that speaks this protocol. See docs/PROTOCOL.md; the sections are named below. */
export class Session implements DeliverySink, Disposable {
  readonly #socket: WebSocket;
  readonly #server: SessionServer;
  readonly #authorized: boolean;
  /** The command that this client may have run again. */
  readonly #command: RunnableCommand | undefined;
  readonly #held = new DisposableStore();
  readonly #deliveries = new Map<string, Delivery>();
  readonly #sharedEvents = new SharedEvents(this.#deliveries, (source, event) => this.#sendEvent(source, event));
  /** Those that are open and wait for the others, and how many calls they wait for. */
  readonly #opened = new Map<string, SourceReader>();
  #announcing = 0;
  /** Whether a set of sources is being joined, and another one is wanted since. */
  #joining: 'no' | 'once' | 'again' = 'no';
  /** Sources on their way to a delivery. */
  readonly #openings = new Map<string, SourceOpening>();
  /** Answers to history that wait until the socket has taken something, or nobody wants them any more. */
  #waiting: (() => void)[] = [];
  readonly #historySlots = new Slots(SESSION_LIMITS.historyAtOnce);
  /** How many messages were sent, how many of them have left, and who waits for which. */
  #sent = 0;
  #gone = 0;
  #awaited: { readonly sent: number; readonly resolve: () => void }[] = [];
  /** The socket had no room for something that waits for it since. */
  #hasRefused = false;
  readonly #frames: FrameLimit;
  readonly #liveness: Liveness;
  readonly #stallWatch: StallWatch;
  #hello: HelloMessage | undefined;
  readonly #positions: ResumePositions;
  /** Messages with further positions that are still to come; nothing is sent of any source before. */
  #awaitedParts = 0;
  #partTimer: Disposable | undefined;
  #wanted: ReadonlySet<string> | undefined;
  #markTimer: Disposable | undefined;
  #closing = false;
  #closeReason: string | undefined;

  /** Address and port of the client. */
  readonly from: string;

  /**
   * `authorized`: the token, where one is wanted, was in the upgrade request. `isOperator`: who started the
   * server is at the other end, and not merely somebody who may read.
   */
  constructor(socket: WebSocket, server: SessionServer, authorized: boolean, from: string, isOperator: boolean) {
    this.from = from;
    this.#socket = socket;
    this.#server = server;
    this.#authorized = authorized;
    this.#command = isOperator ? server.command : undefined;
    const { clock } = server;
    this.#positions = new ResumePositions(() => server.sources);
    this.#frames = new FrameLimit(socket, clock, () =>
      this.close(CLOSE.rateLimited, texts.server.closeReason.rate(SESSION_LIMITS.framesPerSecond)),
    );
    this.#liveness = this.#held.add(
      new Liveness(
        clock,
        {
          receiveTimeoutMs: server.timings.receiveTimeoutMs,
          heartbeatTimeoutMs: server.timings.heartbeatTimeoutMs,
          pingMs: server.timings.serverPingMs,
        },
        {
          sendPing: (id) => this.#send({ type: 'ping', id }),
          receiveTimeout: () =>
            this.close(
              CLOSE.receiveTimeout,
              texts.server.closeReason.receiveTimeout(server.timings.receiveTimeoutMs, this.#hello?.heartbeatMs),
            ),
          heartbeatTimeout: () =>
            this.close(
              CLOSE.heartbeatTimeout,
              texts.server.closeReason.heartbeatTimeout(server.timings.heartbeatTimeoutMs, server.timings.serverPingMs),
            ),
        },
      ),
    );
    const helloTimer = clock.schedule(SESSION_LIMITS.helloMs, () => {
      if (!this.#hello) {
        this.close(CLOSE.protocolError, texts.server.closeReason.helloTimeout(SESSION_LIMITS.helloMs));
      }
    });
    this.#held.add(helloTimer);
    this.#held.add(toDisposable(() => this.#markTimer?.dispose()));
    this.#held.add(toDisposable(() => this.#partTimer?.dispose()));
    this.#stallWatch = this.#held.add(
      new StallWatch(clock, SESSION_LIMITS.stalledMs, {
        isFull: () => socket.bufferedAmount >= SESSION_LIMITS.unsentBytes || this.#waitsToJoin,
        underWay: () => pendingBytes(socket),
        stalled: () => this.close(CLOSE.tooSlow, texts.server.closeReason.tooSlow(SESSION_LIMITS.stalledMs)),
      }),
    );
    socket.on('message', (data, isBinary) => this.#received(data as Buffer, isBinary));
    this.#frames.answerPings(() => this.#liveness.received());
  }

  /** The client's own name for itself; undefined before it has said hello. */
  get clientId(): string | undefined {
    return this.#hello?.clientId;
  }

  /** What logs call it. */
  get shownClient(): string {
    return this.clientId === undefined ? texts.server.unnamedClient : shownClient(this.clientId);
  }

  /** Why the server closed this session, if it did. */
  get closeReason(): string | undefined {
    return this.#closeReason;
  }

  /** Says why, closes, and cuts the connection if the client does not answer within a second. */
  close(entry: CloseEntry, reason: string): void {
    if (this.#closing) {
      return;
    }
    this.#closing = true;
    this.#closeReason = `${entry.code} ${entry.name}: ${reason}`;
    this.#release();
    this.#socket.close(entry.code, fitCloseReason(reason));
    const cut = this.#server.clock.schedule(SESSION_LIMITS.closeMs, () => this.#socket.terminate());
    this.#socket.once('close', () => cut.dispose());
  }

  /** Section 8: the goodbye of a server that stops. */
  goAway(reason: string, reconnectWindowMs: number): void {
    this.#send({ type: 'goaway', reason, reconnectWindowMs });
    this.close(CLOSE.restart, reason);
  }

  dispose(): void {
    this.#closing = true;
    this.#release();
  }

  #release(): void {
    this.#held.dispose();
    for (const opening of this.#openings.values()) {
      opening.dispose();
    }
    this.#openings.clear();
    for (const reader of this.#opened.values()) {
      reader.dispose();
    }
    this.#opened.clear();
    for (const delivery of this.#deliveries.values()) {
      delivery.dispose();
    }
    this.#deliveries.clear();
    this.#wake();
    for (const { resolve } of this.#awaited.splice(0)) {
      resolve();
    }
  }

  // --- what comes from the client ---------------------------------------------------------------

  #received(data: Buffer, isBinary: boolean): void {
    if (!this.#frames.take() || this.#closing) {
      return;
    }
    this.#liveness.received();
    if (isBinary) {
      this.close(CLOSE.protocolError, texts.server.closeReason.binary);
      return;
    }
    const parsed = parseClientMessage(data.toString('utf8'));
    if (parsed.kind === 'malformed') {
      this.close(CLOSE.protocolError, parsed.reason);
    } else if (parsed.kind === 'message') {
      this.#take(parsed.message);
    } else if (!this.#hello) {
      this.close(CLOSE.protocolError, texts.server.closeReason.helloFirst);
    }
  }

  #take(message: ClientMessage): void {
    if (!this.#hello && message.type !== 'hello') {
      this.close(CLOSE.protocolError, texts.server.closeReason.helloFirst);
      return;
    }
    switch (message.type) {
      case 'hello':
        this.#takeHello(message);
        break;
      case 'resume':
        this.#takePart(message);
        break;
      case 'ping':
        this.#send({ type: 'pong', id: message.id });
        this.#server.log('debug', texts.server.clientHeartbeat(this.shownClient));
        break;
      case 'pong':
        this.#liveness.answered(message.id);
        break;
      case 'subscribe':
        this.#subscribe(message.sources);
        break;
      case 'history':
        void this.#history(message);
        break;
      case 'run':
        this.#runAgain(message);
        break;
    }
  }

  #takeHello(hello: HelloMessage): void {
    const { closeReason } = texts.server;
    if (this.#hello) {
      this.close(CLOSE.protocolError, closeReason.helloTwice);
      return;
    }
    if (hello.version !== PROTOCOL_VERSION) {
      this.close(CLOSE.unsupportedVersion, closeReason.version(PROTOCOL_VERSION));
      return;
    }
    if (hello.clientId.length < 1 || hello.clientId.length > SESSION_LIMITS.clientIdLength) {
      this.close(CLOSE.protocolError, closeReason.clientId);
      return;
    }
    const { resumeParts = 0 } = hello;
    if (resumeParts > LIMITS.resumeParts) {
      this.close(CLOSE.protocolError, closeReason.resumeParts(LIMITS.resumeParts));
      return;
    }
    if (!this.#authorized && !this.#server.acceptsToken(hello.token)) {
      this.close(CLOSE.forbidden, closeReason.forbidden);
      return;
    }
    if (!this.#want(hello.sources) || !this.#takePositions(hello.resume ?? [])) {
      return;
    }
    // What it wants and where it stands is noted elsewhere, and need not be kept twice.
    const { resume: _resume, sources: _sources, ...rest } = hello;
    this.#hello = rest;
    const takeoverKey = this.#server.register(this, hello);
    if (takeoverKey === null) {
      // Before anything is opened for it.
      this.close(CLOSE.overloaded, closeReason.overloaded);
      return;
    }
    const { timings } = this.#server;
    this.#send({
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
    this.#awaitedParts = resumeParts;
    this.#beginOrWait();
  }

  /** Section 5: more of where the client stands. */
  #takePart({ positions }: ResumeMessage): void {
    if (this.#awaitedParts === 0) {
      this.close(CLOSE.protocolError, texts.server.closeReason.resumeUnasked);
    } else if (this.#takePositions(positions)) {
      this.#awaitedParts--;
      this.#beginOrWait();
    }
  }

  /** Takes note of where the client stands; false if it cannot stand there. */
  #takePositions(positions: readonly ResumePosition[]): boolean {
    if (positions.some(({ epoch }) => epoch.length > SESSION_LIMITS.epochLength)) {
      this.close(CLOSE.protocolError, texts.server.closeReason.epoch(SESSION_LIMITS.epochLength));
      return false;
    }
    this.#positions.add(positions);
    return true;
  }

  /** Nothing is said of a source before it is known where the client stands in all of them. */
  #beginOrWait(): void {
    this.#partTimer?.dispose();
    if (this.#awaitedParts === 0) {
      this.#begin();
      return;
    }
    const { resumePartMs } = SESSION_LIMITS;
    this.#partTimer = this.#server.clock.schedule(resumePartMs, () =>
      this.close(CLOSE.receiveTimeout, texts.server.closeReason.resumeMissed(this.#awaitedParts, resumePartMs)),
    );
  }

  #begin(): void {
    this.#held.add(
      this.#server.onDidAddSource((source) => {
        if (this.#joins(source)) {
          // It may be one that was away, and that the client has read before.
          void this.#join(source, this.#startOf(source, 'all'));
        }
      }),
    );
    void this.#joinWanted();
    this.#scheduleMarks();
  }

  /** Takes note of the sources that are wanted, by id or by name; undefined: all. Closes where there is no such one. */
  #want(wanted: readonly string[] | undefined): boolean {
    const names = new SourceNames(this.#server.sources);
    const ids = new Set<string>();
    for (const text of wanted ?? []) {
      const found = names.find(text);
      if (!found) {
        this.close(
          CLOSE.noSuchSource,
          texts.server.closeReason.noSuchSource(shorten(text, SESSION_LIMITS.echoedCharacters)),
        );
        return false;
      }
      ids.add(found.id);
    }
    this.#wanted = wanted && ids;
    return true;
  }

  #subscribe(sources: readonly string[]): void {
    if (!this.#want(sources) || this.#awaitedParts > 0) {
      return;
    }
    for (const parts of [this.#deliveries, this.#openings, this.#opened]) {
      for (const [id, part] of parts) {
        if (!this.#wanted?.has(id)) {
          part.dispose();
          parts.delete(id);
        }
      }
    }
    this.#wake();
    this.#sharedEvents.settle();
    void this.#joinWanted();
  }

  /** Section 11: only the server's own command, and only once it has ended. */
  #runAgain({ source }: RunMessage): void {
    const refuse = (code: string, message: string) => this.#send({ type: 'error', code, message });
    if (!this.#command) {
      refuse('forbidden', texts.server.runForbidden);
    } else if (!this.#command.owns(source)) {
      refuse('no-such-source', texts.server.runNoCommand(shorten(source, SESSION_LIMITS.echoedCharacters)));
    } else if (this.#command.runAgain()) {
      this.#server.log('info', texts.server.runAsked(this.shownClient));
    } else {
      refuse('running', texts.server.runRunning);
    }
  }

  // --- sources ----------------------------------------------------------------------------------

  /** Whether a source is wanted and neither there nor on its way. */
  #joins({ id }: LogSource): boolean {
    const wanted = !this.#closing && (!this.#wanted || this.#wanted.has(id));
    return wanted && !this.#deliveries.has(id) && !this.#openings.has(id);
  }

  /**
   * Joins what is wanted by now. While an earlier set is on its way to the client nothing is begun, and then
   * only the latest: a client that asks for one set after the other, and takes no answer, would
   * have the server pile answers up.
   */
  async #joinWanted(): Promise<void> {
    if (this.#joining !== 'no') {
      this.#joining = 'again';
      if (this.#waitsToJoin) {
        this.#stallWatch.full();
      }
      return;
    }
    do {
      this.#joining = 'once';
      await this.#joinAll(this.#hello?.lines ?? 0);
      await this.#sentSoFar();
    } while (this.#wantsAgain());
    this.#joining = 'no';
  }

  /** Another set of sources is wanted while the client has yet to take what was said of the last one. */
  get #waitsToJoin(): boolean {
    return this.#joining === 'again' && this.#awaited.length > 0;
  }

  #wantsAgain(): boolean {
    return this.#joining === 'again' && !this.#closing;
  }

  /**
   * Joins what is wanted, all at once: the client hears of every source before the first line, so that it
   * knows when it has the existing lines of all. One that takes long to open is not waited for.
   */
  async #joinAll(lines: LineCount): Promise<void> {
    const joining = this.#server.sources.filter((source) => this.#joins(source));
    this.#announcing++;
    await inTime(
      Promise.all(joining.map((source) => this.#join(source, this.#startOf(source, lines)))),
      SESSION_LIMITS.announceMs,
      this.#server.clock,
    );
    this.#announcing--;
    if (this.#announcing === 0) {
      const opened = this.#server.sources.filter(({ id }) => this.#opened.has(id));
      const deliveries = opened.map((source) => this.#announce(source, this.#opened.get(source.id) as SourceReader));
      this.#opened.clear();
      for (const delivery of deliveries) {
        delivery.pump();
      }
    }
  }

  #startOf({ id }: LogSource, lines: LineCount): StartingPoint {
    const position = this.#positions.of(id);
    return position ? { kind: 'resume', position } : { kind: 'last', lines };
  }

  /** Resolves once the source is there or has failed for the first time: the others do not wait for it. */
  async #join(source: LogSource, start: StartingPoint): Promise<void> {
    const opening = new SourceOpening(source, start, this.#server.clock, {
      opened: (reader) => {
        if (this.#announcing > 0) {
          this.#opened.set(source.id, reader);
        } else {
          this.#announce(source, reader).pump();
        }
      },
      failed: (error) => this.#cannotOpen(source, start, error),
    });
    this.#openings.set(source.id, opening);
    await opening.attempt();
  }

  #announce(source: LogSource, reader: SourceReader): Delivery {
    this.#openings.delete(source.id);
    const delivery = new Delivery(source, reader, this, this.#server.clock);
    // What a resumed client has of the unfinished line is unknown, so it is told again.
    this.#deliveries.set(source.id, delivery);
    this.#tellState(delivery);
    return delivery;
  }

  /** Section 3: no numbering is known yet, so a client that resumes keeps its own. */
  #cannotOpen(source: LogSource, start: StartingPoint, error: unknown): void {
    this.#sendSource(source, 'failed', start.kind === 'resume' ? start.position.epoch : '');
    this.#tellFailure(source, error);
  }

  /** What the client is told, the server's log says too: it is for whoever runs the server to mend. */
  #tellFailure(source: LogSource, error: unknown): void {
    const text = texts.server.cannotRead(source.name, error instanceof Error ? error.message : String(error));
    this.#send({ type: 'event', source: source.id, kind: EVENT_KINDS.failed, text });
    this.#server.log('info', text);
  }

  // --- DeliverySink: what goes to the client ----------------------------------------------------------

  hasRoom(): boolean {
    const room = !this.#closing && this.#socket.bufferedAmount < SESSION_LIMITS.unsentBytes;
    if (!room && !this.#closing) {
      this.#hasRefused = true;
      this.#stallWatch.full();
    }
    return room;
  }

  item(delivery: Delivery, item: Exclude<ReadItem, { kind: 'idle' } | { kind: 'ended' }>): void {
    const source = delivery.source.id;
    delivery.lastSentAt = this.#server.clock.now();
    switch (item.kind) {
      case 'lines': {
        this.#sendLines(delivery, item, delivery.nextSeq, false);
        delivery.nextSeq += item.count;
        break;
      }
      case 'gap': {
        const to = delivery.nextSeq + (item.count ?? 0);
        this.#send({
          type: 'gap',
          source,
          epoch: delivery.epoch,
          from: delivery.nextSeq,
          to,
          count: item.count,
          reason: item.reason,
        });
        delivery.nextSeq = to;
        break;
      }
      case 'event':
        if (isShared(item)) {
          this.#sharedEvents.arrived(delivery, item);
        } else {
          this.#sendEvent(source, item);
        }
        break;
    }
  }

  caughtUp(delivery: Delivery): void {
    this.#markSoon(delivery);
    // A line may have been unfinished since long before the client came.
    this.sourceChanged(delivery);
  }

  ended(delivery: Delivery): void {
    this.#tellState(delivery);
    this.#send({ type: 'event', source: delivery.source.id, kind: EVENT_KINDS.ended, text: '' });
    this.#mark(delivery);
    const all = this.#deliveries.size === this.#server.sources.length || this.#wanted !== undefined;
    if (all && [...this.#deliveries.values()].every((other) => other.hasEnded) && this.#server.endsWithSources()) {
      this.close(CLOSE.streamEnded, texts.server.closeReason.ended);
    }
  }

  /** What changes many times is told as it is once there is room, not each time. */
  sourceChanged(delivery: Delivery): void {
    delivery.isUntold = !this.hasRoom();
    if (!delivery.isUntold) {
      this.#tellState(delivery);
      this.#tellPartial(delivery);
    }
  }

  #tellState(delivery: Delivery): void {
    const state = delivery.isFailing ? 'failed' : stateFor(delivery);
    if (state !== delivery.toldState) {
      delivery.toldState = state;
      this.#sendSource(delivery.source, state, delivery.epoch);
    }
  }

  #tellPartial(delivery: Delivery): void {
    const { source } = delivery;
    if (delivery.isCaughtUp && source.partial !== delivery.toldPartial) {
      delivery.toldPartial = source.partial;
      // An empty one needs no word: the finished line that took its place says it.
      if (source.partial !== '') {
        this.#send({ type: 'event', source: source.id, kind: EVENT_KINDS.partial, text: source.partial });
      }
    }
  }

  failed(delivery: Delivery, error: unknown): void {
    this.#tellState(delivery);
    this.#tellFailure(delivery.source, error);
  }

  #sendSource({ id, name, kind, command, exit }: LogSource, state: SourceState, epoch: string): void {
    this.#send({
      type: 'source',
      source: id,
      name: toldName(name),
      kind,
      state,
      epoch,
      ...(command === undefined ? {} : { command }),
      ...(state === 'ended' && exit ? { exit } : {}),
    });
  }

  #sendEvent(source: string, { event, text, id }: EventItem): void {
    this.#send({ type: 'event', source, kind: event, text, ...(id === undefined ? {} : { id }) });
  }

  #sendLines(delivery: Delivery, item: LinesItem, seq: number, history: boolean): void {
    const header: LinesHeader = {
      source: delivery.source.id,
      epoch: delivery.epoch,
      seq,
      count: item.count,
      receivedAt: item.receivedAt,
      cursor: item.cursor,
      ...(item.continues ? { continues: true } : {}),
      ...(history ? { history: true } : {}),
    };
    const head = encodeFrameHead(header);
    const { bytes } = item;
    let frame: Buffer;
    if (item.headRoom !== undefined && item.headRoom >= head.length) {
      frame = Buffer.from(bytes.buffer, bytes.byteOffset - head.length, head.length + bytes.length);
      frame.set(head);
    } else {
      frame = Buffer.concat([head, bytes]);
    }
    this.#sendRaw(frame, item.sent);
  }

  #send(message: ServerMessage): void {
    if (this.#socket.readyState === this.#socket.OPEN) {
      this.#sent++;
      this.#socket.send(JSON.stringify(message), () => this.#left());
      // Answers that are not taken count like lines that are not.
      this.hasRoom();
    }
  }

  #sendRaw(frame: Buffer, sent: (() => void) | undefined): void {
    if (this.#socket.readyState === this.#socket.OPEN) {
      this.#sent++;
      this.#socket.send(frame, { binary: true }, () => {
        sent?.();
        this.#left();
      });
    }
  }

  /** A message has left this process: there may be room. */
  #left(): void {
    this.#stallWatch.taken();
    this.#gone++;
    while (this.#awaited[0] && this.#awaited[0].sent <= this.#gone) {
      this.#awaited.shift()?.resolve();
    }
    if (!this.#hasRefused || this.#socket.bufferedAmount >= SESSION_LIMITS.unsentBytes) {
      return;
    }
    this.#hasRefused = false;
    this.#wake();
    for (const delivery of this.#deliveries.values()) {
      if (delivery.owesMark && !delivery.isWaiting) {
        this.#markSoon(delivery);
      }
      if (delivery.isUntold) {
        this.sourceChanged(delivery);
      }
      if (delivery.isWaiting) {
        delivery.pump();
      }
    }
  }

  /** Resolves when all that was sent until now has left, or the session is over. */
  async #sentSoFar(): Promise<void> {
    if (this.#gone < this.#sent && !this.#closing) {
      const left = new Promise<void>((resolve) => this.#awaited.push({ sent: this.#sent, resolve }));
      if (this.#waitsToJoin) {
        this.#stallWatch.full();
      }
      await left;
    }
  }

  // --- marks, section 7 ---------------------------------------------------------------------------

  /** Marks a source now, or as soon as there is room. */
  #markSoon(delivery: Delivery): void {
    delivery.owesMark = !this.hasRoom();
    if (!delivery.owesMark) {
      this.#mark(delivery);
    }
  }

  #mark(delivery: Delivery): void {
    delivery.owesMark = false;
    delivery.lastSentAt = this.#server.clock.now();
    this.#send({
      type: 'mark',
      source: delivery.source.id,
      epoch: delivery.epoch,
      nextSeq: delivery.nextSeq,
      cursor: delivery.reader.cursor(),
      reconnectWindowMs: this.#server.reconnectWindowMs(),
    });
  }

  #scheduleMarks(): void {
    const { clock, timings } = this.#server;
    const now = clock.now();
    let due = now + timings.markMs;
    for (const delivery of this.#deliveries.values()) {
      if (now - delivery.lastSentAt < timings.markMs - 1) {
        due = Math.min(due, delivery.lastSentAt + timings.markMs);
      } else {
        this.#markSoon(delivery);
      }
    }
    this.#markTimer = clock.schedule(Math.max(1, due - now), () => this.#scheduleMarks());
  }

  // --- section 6: history -------------------------------------------------------------------------

  async #history(request: HistoryMessage): Promise<void> {
    const delivery = this.#deliveries.get(request.source);
    if (!delivery) {
      this.#send({
        type: 'error',
        code: 'no-such-source',
        message: texts.server.historyUnknownSource(shorten(request.source, SESSION_LIMITS.echoedCharacters)),
      });
      return;
    }
    if (delivery.historyRunning) {
      this.#send({ type: 'error', code: 'busy', message: texts.server.historyBusy });
      return;
    }
    delivery.historyRunning = true;
    await this.#historySlots.run(() => this.#answerHistory(delivery, request));
  }

  async #answerHistory(delivery: Delivery, request: HistoryMessage): Promise<void> {
    let note = '';
    try {
      await this.#drained(delivery);
      const { cursor, beforeSeq } = request;
      const lines = Math.min(request.lines, SESSION_LIMITS.historyLines);
      const answer = await delivery.source.history({ cursor, epoch: delivery.epoch, beforeSeq, lines }, delivery.left);
      note = answer.note;
      let seq = request.beforeSeq - answer.linesInAll;
      for await (const item of answer.batches) {
        if (!this.hasRoom()) {
          await this.#drained(delivery);
        }
        if (!this.#delivers(delivery)) {
          note = '';
          break;
        }
        this.#sendLines(delivery, item, seq, true);
        seq += item.count;
      }
    } catch (error) {
      // A text in the event would say that there is nothing earlier; these lines may be had another time.
      note = '';
      if (this.#delivers(delivery)) {
        const detail = error instanceof Error ? error.message : String(error);
        const message = texts.server.historyFailed(delivery.source.name, detail);
        this.#send({ type: 'error', code: 'history-failed', message });
        this.#server.log('info', message);
      }
    } finally {
      delivery.historyRunning = false;
    }
    this.#send({ type: 'event', source: request.source, kind: EVENT_KINDS.history, text: note });
  }

  /** Whether the client is there and has not left the source. */
  #delivers(delivery: Delivery): boolean {
    return !this.#closing && this.#deliveries.get(delivery.source.id) === delivery;
  }

  /** Waits while the socket has too much unsent; no longer than the client wants the answer. */
  async #drained(delivery: Delivery): Promise<void> {
    while (this.#delivers(delivery) && !this.hasRoom()) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) {
      resolve();
    }
  }
}

/** "Nothing more will come" is not true for a client before it has everything. */
function stateFor({ source, hasEnded }: Delivery): SourceState {
  return source.state === 'ended' && !hasEnded ? 'live' : source.state;
}

/** Waits for `work`, but no longer than `ms`. */
async function inTime(work: Promise<unknown>, ms: number, clock: Clock): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = clock.schedule(ms, resolve);
    void work.then(() => {
      timer.dispose();
      resolve();
    });
  });
}
