import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import { Emitter, type Event } from '../base/emitter';
import type { Random } from '../base/random';
import { CLOSE } from '../protocol/closeCodes';
import type { LinesFrame } from '../protocol/frames';
import {
  EVENT_KINDS,
  type EventMessage,
  FEATURES,
  type GapMessage,
  type HelloMessage,
  type LineCount,
  type ResumePosition,
  type ServerMessage,
  type SourceMessage,
  type WelcomeMessage,
} from '../protocol/messages';
import { parseServerMessage } from '../protocol/parse';
import { PROTOCOL_VERSION } from '../protocol/version';
import { clientTexts } from '../text/client';
import type { Adapter, AdapterSink } from './adapters/adapter';
import { createLogstreamAdapter } from './adapters/logstream';
import { OpeningAdapter } from './adapters/opening';
import { createPlainTextAdapter, PLAIN_SOURCE } from './adapters/plainText';
import { type Address, parseAddress } from './address';
import type { TokenReading, TokenSource } from './credentials';
import { Driver } from './driver';
import { FloodGuard } from './floodGuard';
import { type HistoryAnswer, HistoryRequests } from './historyRequests';
import { forget, type LearnedStorage, recall, remember } from './learned';
import { type Policy, policyWith } from './policy';
import { initialState } from './reducer';
import { ReplayProgress } from './replayProgress';
import { ConnectionRecord } from './report';
import { PositionTracker } from './resume';
import { offerResume, type ResumeOffer, sourcesFit } from './resumeOffer';
import { SourceTable } from './sourceTable';
import type { Dialect, Effect, MachineOptions, MachineState, NoticeName, Recalled } from './state';
import type { ConnectionMetrics, ConnectionStatus } from './status';
import type { StreamEnd } from './streamEnd';
import type { Transport } from './transport';
import { TurnBudget } from './turnBudget';

/** How the server speaks; `auto` finds out. */
export type ConnectionFormat = 'auto' | 'logstream' | 'text' | 'json';

export interface ConnectionOptions {
  readonly name: string;
  /** A ws:, wss:, http:, https: or ws+unix: address; see `parseAddress`. */
  readonly url: string;
  /** What stands for the address in sentences and reports, and in the memory of what was learned; absent: itself. */
  readonly shownAs?: string | undefined;
  readonly format?: ConnectionFormat;
  /** How many existing lines of each source come first. */
  readonly lines: LineCount;
  /** Only these sources; absent: all. */
  readonly sources?: readonly string[] | undefined;
  /** The heartbeat interval the person chose, ms; absent or 0: negotiated or found out. */
  readonly heartbeatIntervalMs?: number | undefined;
  /** Unstable connections in a row before the connection goes dormant. */
  readonly maxAttempts?: number | undefined;
  /** Failed attempts in a row, refused dials included, after which the connection fails for good; absent: never. */
  readonly giveUpAfter?: number | undefined;
  /** The access token, or who is asked for it before each dial. */
  readonly token?: string | TokenSource | undefined;
  /** Where an earlier run of this client stood; read once, when the connection is made. */
  readonly resume?: readonly ResumePosition[] | undefined;
  /** 1 to 128 characters, kept over the runs of one client; drawn at random where absent. */
  readonly clientId?: string | undefined;
  /** What {@link Connection.takeoverKey} was at the end of an earlier run; read once, when the connection is made. */
  readonly takeoverKey?: string | undefined;
}

export interface ConnectionEnvironment {
  readonly clock: Clock;
  readonly random: Random;
  readonly transport: Transport;
  readonly memory: LearnedStorage;
  /**
   * Counts newlines: a frame of lines whose header gives another number breaks the protocol. For
   * listeners that pass the bytes on; those that look for the newlines themselves go by what they find.
   */
  readonly countLines?: (bytes: Uint8Array) => number;
  /** Figures that depart from the defaults; for tests and measurements. */
  readonly policy?: Partial<Policy>;
}

export interface HeartbeatNote {
  readonly kind: 'sent' | 'answered';
  readonly id: number;
  readonly roundTripMs?: number;
}

export interface ConnectionNotice {
  readonly kind: NoticeName;
  /** One sentence for the person. */
  readonly text: string;
}

/** Ids of events that are remembered, so that one is not told again after a reconnect; a server holds fewer. */
const eventsRemembered = 500;

/** 128 bits as text: told apart from every other client, no secret. */
function drawClientId(random: Random): string {
  let id = '';
  for (let part = 0; part < 4; part++) {
    id += Math.floor(random.next() * 0x1_0000_0000)
      .toString(16)
      .padStart(8, '0');
  }
  return id;
}

/**
 * One connection to one log server, kept alive and resumed until it is closed. Events come in the
 * order in which things happened, none after {@link dispose}.
 */
export class Connection implements Disposable {
  readonly name: string;
  readonly #environment: ConnectionEnvironment;
  readonly #policy: Policy;
  readonly #clientId: string;
  /** Of the server at the present address, by which an older connection of this client is taken over. */
  #takeoverKey: string | undefined;
  readonly #tracker: PositionTracker;
  readonly #record: ConnectionRecord;
  readonly #history: HistoryRequests;
  readonly #driver: Driver;
  readonly #floodGuard: FloodGuard;
  /** Of control messages, of which a server of many sources has thousands; whoever takes lines has one of its own. */
  readonly #turn: TurnBudget;
  #options: ConnectionOptions;
  #address: Address;
  #adapter: Adapter | null = null;
  /** The adapter while it is not known how the peer speaks. */
  #opening: OpeningAdapter | null = null;
  #isPlain = false;
  #since: number;
  #linesReceived = 0;
  #bytesReceived = 0;
  #plainConnections = 0;
  /** What the present connection's `hello` said of the positions, until it is answered. */
  #offer: ResumeOffer | null = null;
  #lastDisconnect: ConnectionStatus['lastDisconnect'];
  /** What was said last of each source of the present connection, or of the last one. */
  readonly #sources = new SourceTable();
  #replay: ReplayProgress;
  /** The end as it was told last, to tell it when it changes. */
  #toldEnd = '';
  readonly #eventIds = new Set<string>();
  /** What happened last to each source. */
  readonly #lastEvents = new Map<string, string>();

  readonly #onDidEnterState = new Emitter<ConnectionStatus>();
  readonly #onDidChangeStatus = new Emitter<ConnectionStatus>();
  readonly #onLines = new Emitter<LinesFrame>();
  readonly #onGap = new Emitter<GapMessage>();
  readonly #onSource = new Emitter<SourceMessage>();
  readonly #onSourceEvent = new Emitter<EventMessage>();
  readonly #onHeartbeat = new Emitter<HeartbeatNote>();
  readonly #onNotice = new Emitter<ConnectionNotice>();

  /** Another state than before: once for each time it is entered, whatever changes while it lasts. */
  readonly onDidEnterState: Event<ConnectionStatus> = this.#onDidEnterState.event;
  /** Anything of the status is another than before, the state included. */
  readonly onDidChangeStatus: Event<ConnectionStatus> = this.#onDidChangeStatus.event;
  /**
   * Lines without duplicates, in the order of their numbers. The bytes are never written to again,
   * so a listener may keep them; they may be a view into a larger receive buffer, which keeping
   * them keeps too.
   */
  readonly onLines: Event<LinesFrame> = this.#onLines.event;
  /** Lines that are missing and will not come, in their place between the lines. */
  readonly onGap: Event<GapMessage> = this.#onGap.event;
  readonly onSource: Event<SourceMessage> = this.#onSource.event;
  readonly onSourceEvent: Event<EventMessage> = this.#onSourceEvent.event;
  readonly onHeartbeat: Event<HeartbeatNote> = this.#onHeartbeat.event;
  /** One sentence for the person, told when it happens. */
  readonly onNotice: Event<ConnectionNotice> = this.#onNotice.event;

  /** Throws an Error with one sentence for the person if the address, or the list of sources, cannot be used. */
  constructor(options: ConnectionOptions, environment: ConnectionEnvironment) {
    this.name = options.name;
    this.#options = options;
    this.#environment = environment;
    this.#policy = policyWith(environment.policy ?? {});
    this.#address = addressOf(options);
    this.#clientId = options.clientId ?? drawClientId(environment.random);
    this.#takeoverKey = options.takeoverKey;
    this.#tracker = new PositionTracker(options.resume);
    this.#record = new ConnectionRecord(this.#policy.roundTripSamples);
    this.#replay = new ReplayProgress(0, this.#policy);
    this.#since = environment.clock.wallTime();
    this.#history = new HistoryRequests(environment.clock, this.#policy, (frame) => this.#tracker.acceptHistory(frame));
    this.#floodGuard = new FloodGuard(environment.transport, environment.clock, this.#policy);
    const guarded = { ...environment, transport: this.#floodGuard.transport };
    this.#turn = new TurnBudget(environment.clock, {
      pause: () => this.#driver.pauseForTurn(),
      resume: () => this.#driver.resumeAfterTurn(),
    });
    this.#driver = new Driver(initialState(this.#machineOptions()), guarded, {
      hello: (heartbeatMs, token, mostBytes) => this.#hello(heartbeatMs, token, mostBytes),
      token: () => this.#readToken(),
      established: (dialect, again) => this.#established(dialect, again),
      text: (text) => this.#turn.run(() => this.#text(text)),
      binary: (bytes) => this.#binary(bytes),
      keep: (effect) => this.#keep(effect),
      changed: (state, previous) => this.#changed(state, previous),
      tell: (effect) => this.#tell(effect),
    });
  }

  get status(): ConnectionStatus {
    const { name, reason, code, losses, refusals, timers, delayMs, link } = this.#driver.state;
    const { clock } = this.#environment;
    const waits = (name === 'waiting' || name === 'dormant') && timers.dial !== undefined;
    const end = this.#end;
    return {
      state: name,
      reason: end !== undefined && name === 'live' ? clientTexts.ended.sentence(end) : reason,
      ...(code === undefined ? {} : { code }),
      since: this.#since,
      attempt: losses + refusals,
      ...(waits ? { retryAt: Math.round(clock.wallTime() + (timers.dial ?? 0) - this.#driver.now()) } : {}),
      ...(delayMs === undefined ? {} : { delayMs }),
      address: this.#address.shown,
      ...(link === null ? {} : { heartbeatMs: link.heartbeat.intervalMs, heartbeatOrigin: link.heartbeat.origin }),
      ...(end === undefined ? {} : { end }),
      ...(this.#endedCommand === undefined ? {} : { canRunAgain: true }),
      ...(this.#lastDisconnect === undefined ? {} : { lastDisconnect: this.#lastDisconnect }),
    };
  }

  get metrics(): ConnectionMetrics {
    const { roundTripMs } = this.#driver.state;
    return {
      ...(roundTripMs === undefined ? {} : { roundTripMs }),
      linesReceived: this.#linesReceived,
      bytesReceived: this.#bytesReceived,
    };
  }

  /** The end of everything, once all of it is here: also that of a stream whose server said goodbye after it. */
  get #end(): StreamEnd | undefined {
    const { name, code } = this.#driver.state;
    const isOver = name === 'live' || (name === 'closed' && code === CLOSE.streamEnded.code);
    return isOver ? this.#sources.end : undefined;
  }

  /** A source of the command that this client may have run again. */
  get #endedCommand(): string | undefined {
    const { name, link } = this.#driver.state;
    const isOffered = name === 'live' && link?.welcome?.features?.includes(FEATURES.run) === true;
    return isOffered ? this.#sources.endedCommand : undefined;
  }

  /** Whom a frame that has just arrived is for. What a plain server sends behind a person's end is nobody's. */
  get #reader(): Adapter | null {
    return this.isPlain && !this.#driver.delivers ? null : this.#adapter;
  }

  /** Whether the server speaks plain text: it has no numbers, so nothing can be resumed, and takes no wishes. */
  get isPlain(): boolean {
    return this.#isPlain;
  }

  /** Where it stands in every source; hand it to `resume` of a later run. */
  get positions(): readonly ResumePosition[] {
    return this.#tracker.positions;
  }

  /** Stays the same over reconnects; hand it to `clientId` of a later run. */
  get clientId(): string {
    return this.#clientId;
  }

  /** A secret that the server gave to this client; hand it to `takeoverKey` of a later run, and show it to nobody. */
  get takeoverKey(): string | undefined {
    return this.#takeoverKey;
  }

  /** Keeps it connected from now on. Harmless while it is. */
  connect(): void {
    this.#driver.dispatch({ type: 'connect', ...this.#recalled() });
  }

  /** A normal end: no reconnect follows until {@link connect}. */
  disconnect(): void {
    this.#driver.dispatch({ type: 'disconnect' });
  }

  /** Dials at once, at most every 5 s; a connection that is open is made anew. */
  reconnectNow(): void {
    const { name } = this.#driver.state;
    if (name === 'idle' || name === 'closed' || name === 'failed') {
      this.connect();
    } else {
      this.#driver.dispatch({ type: 'reconnectNow' });
    }
  }

  /** Has the server start its ended command once more. False where none has ended, or this client may not. */
  runAgain(): boolean {
    const source = this.#endedCommand;
    if (source !== undefined) {
      this.#driver.dispatch({ type: 'request', message: { type: 'run', source } });
    }
    return source !== undefined;
  }

  /**
   * Changes options; the connection is made anew only where that is needed, and nothing happens where
   * none has another value than before. Throws like the constructor.
   */
  update(change: Partial<ConnectionOptions>): void {
    const before = this.#options;
    const after = { ...before, ...change };
    const changed = (name: keyof ConnectionOptions) =>
      before[name] !== after[name] && JSON.stringify(before[name]) !== JSON.stringify(after[name]);
    if (!(Object.keys(change) as (keyof ConnectionOptions)[]).some(changed)) {
      return;
    }
    const address = addressOf(after);
    // The same place may be written in several ways.
    const otherStream = address.url !== this.#address.url;
    this.#options = after;
    if (otherStream || changed('shownAs')) {
      this.#address = address;
    }
    if (otherStream) {
      this.#tracker.clear();
      this.#takeoverKey = undefined;
    }
    const resubscribed = changed('sources') && after.sources !== undefined;
    this.#driver.dispatch({
      type: 'options',
      options: this.#machineOptions(),
      redial: otherStream || changed('format') || changed('token') || (changed('sources') && !resubscribed),
      ...this.#recalled(),
    });
    if (resubscribed) {
      for (const source of [...this.#sources.keys()]) {
        if (!after.sources?.includes(source)) {
          this.#sources.delete(source);
        }
      }
      this.#driver.dispatch({ type: 'request', message: { type: 'subscribe', sources: after.sources ?? [] } });
    }
  }

  /**
   * The same stream is to be had at another address now, say of a server that was started again: it goes
   * on where it stood. Dials there, if it shall be connected. Throws like the constructor.
   */
  moveTo(place: Pick<ConnectionOptions, 'url' | 'shownAs' | 'token'>): void {
    const after = { ...this.#options, ...place };
    // That server is another one, which knows no older connection of this client.
    this.#takeoverKey = undefined;
    this.#address = addressOf(after);
    this.#options = after;
    this.#driver.dispatch({ type: 'options', options: this.#machineOptions(), redial: true, ...this.#recalled() });
  }

  /** Whether the person is looking; shortens the waits for a server that refuses. */
  setFocused(focused: boolean): void {
    this.#driver.dispatch({ type: 'focus', focused });
  }

  /** The machine's network has changed: a waiting connection dials, an open one is asked for life. */
  networkChanged(): void {
    this.#driver.dispatch({ type: 'networkChanged' });
  }

  /** The token is another one now: a waiting connection dials. */
  credentialsChanged(): void {
    this.#driver.dispatch({ type: 'credentialsChanged' });
  }

  /** Back-pressure: stops reading, so that the server is slowed down instead of memory growing. */
  pause(): void {
    this.#driver.pause();
  }

  resume(): void {
    this.#driver.resume();
  }

  /**
   * Asks for up to `lines` lines before the earliest known one of a source. Always settles, at the
   * latest after 30 s, and never rejects: `text` says what went wrong.
   */
  requestHistory(source: string, lines: number): Promise<HistoryAnswer> {
    const text = clientTexts.history;
    const earliest = this.#tracker.earliest(source);
    const isOffered = this.#driver.state.dialect === 'logstream';
    if (!isOffered || earliest === undefined) {
      // A source without a line, one that cannot be read just now, may have earlier ones when it has any.
      return Promise.resolve({ frames: [], complete: !isOffered, text: text.unavailable });
    }
    if (!this.#driver.delivers) {
      return Promise.resolve({ frames: [], complete: false, text: text.notConnected });
    }
    return this.#history.begin(source, earliest.beforeSeq, () =>
      this.#driver.dispatch({ type: 'request', message: { type: 'history', source, ...earliest, lines } }),
    );
  }

  /** Whether something was found out about the address that departs from the defaults; the report says what. */
  get hasLearned(): boolean {
    const { memory, clock } = this.#environment;
    const { plainSince, welcomedSince, limits } = recall(memory, this.#address.key, clock.wallTime(), this.#policy);
    const isPlain = plainSince !== undefined && welcomedSince === undefined;
    return isPlain || limits?.silence !== undefined || limits?.lifetimeMs !== undefined;
  }

  /** Forgets what was found out about the address; it is found out anew if it still holds. */
  forgetLearned(): void {
    forget(this.#environment.memory, this.#address.key);
    this.#driver.dispatch({ type: 'forget' });
  }

  /** The connection report as Markdown; no secrets in it. */
  report(): string {
    const { clock, memory } = this.#environment;
    return this.#record.render({
      name: this.name,
      madeAt: clock.wallTime(),
      status: this.status,
      metrics: this.metrics,
      machine: this.#driver.state,
      learned: recall(memory, this.#address.key, clock.wallTime(), this.#policy),
      positions: this.positions,
      duplicateLines: this.#tracker.duplicateLines,
    });
  }

  /** Ends it at once, without awaiting the server; no event follows. */
  dispose(): void {
    this.#driver.dispose();
    this.#floodGuard.dispose();
    this.#turn.dispose();
    this.#history.endAll(clientTexts.history.interrupted);
    for (const emitter of [
      this.#onDidEnterState,
      this.#onDidChangeStatus,
      this.#onLines,
      this.#onGap,
      this.#onSource,
      this.#onSourceEvent,
      this.#onHeartbeat,
      this.#onNotice,
    ]) {
      emitter.dispose();
    }
    this.#adapter?.end();
  }

  #machineOptions(): MachineOptions {
    const { format, heartbeatIntervalMs, maxAttempts, giveUpAfter } = this.#options;
    return {
      address: this.#address,
      format: format ?? 'auto',
      chosenHeartbeatMs: heartbeatIntervalMs !== undefined && heartbeatIntervalMs > 0 ? heartbeatIntervalMs : undefined,
      maxAttempts: maxAttempts ?? this.#policy.maxAttempts,
      giveUpAfter,
      canPingFrame: this.#environment.transport.canPingFrame,
      policy: this.#policy,
    };
  }

  /** How to begin with this address, from the options and from what is remembered. */
  #recalled(): Recalled {
    const { memory, clock } = this.#environment;
    const recalled = recall(memory, this.#address.key, clock.wallTime(), this.#policy);
    const format = this.#options.format ?? 'auto';
    const welcomed = recalled.welcomedSince !== undefined;
    const plain = format === 'auto' ? recalled.plainSince !== undefined && !welcomed : format !== 'logstream';
    return { dialect: plain ? 'plain' : 'logstream', welcomed, limits: recalled.limits ?? {} };
  }

  #readToken(): TokenReading | Promise<TokenReading> {
    const { token } = this.#options;
    return typeof token === 'function' ? token() : { kind: 'token', token };
  }

  #text(text: string): void {
    const { link, socket } = this.#driver.state;
    if (link?.assumedPlain === true) {
      const result = parseServerMessage(text);
      if (result.kind === 'message' && result.message.type === 'welcome') {
        this.#message(result.message, socket);
        return;
      }
      this.#driver.dispatch({ type: 'foreign', socket });
    }
    this.#reader?.text(text);
  }

  #binary(bytes: Uint8Array): void {
    const { link, socket } = this.#driver.state;
    if (link?.assumedPlain === true) {
      this.#driver.dispatch({ type: 'foreign', socket });
    }
    this.#reader?.binary(bytes);
  }

  #hello(heartbeatMs: number, token: string | undefined, mostBytes: number): HelloMessage {
    const { lines, sources } = this.#options;
    const hello: HelloMessage = {
      type: 'hello',
      version: PROTOCOL_VERSION,
      clientId: this.#clientId,
      ...(this.#takeoverKey === undefined ? {} : { takeoverKey: this.#takeoverKey }),
      heartbeatMs,
      lines,
      ...(sources === undefined ? {} : { sources }),
      ...(token === undefined || this.#environment.transport.canSetHeaders ? {} : { token }),
    };
    this.#offer = offerResume(hello, this.positions, mostBytes);
    return this.#offer.hello;
  }

  /** The server has answered `hello`: now it is known whether it takes what that had no room for. */
  #sendParts(welcome: WelcomeMessage): void {
    const offer = this.#offer;
    this.#offer = null;
    if (offer === null || this.#driver.state.link?.welcome !== welcome) {
      return;
    }
    const { parts, leftOut } = offer;
    this.#tracker.giveUp(leftOut);
    if (welcome.features?.includes(FEATURES.resumeParts) === true) {
      for (const message of parts) {
        this.#driver.dispatch({ type: 'request', message });
      }
    } else {
      this.#tracker.giveUp(parts.flatMap(({ positions }) => positions.map(({ source }) => source)));
    }
  }

  #established(dialect: Dialect, again: boolean): void {
    // What the last connection had may be gone: this one says what there is.
    this.#sources.clear();
    this.#replay = new ReplayProgress(this.#driver.now(), this.#policy);
    this.#isPlain = dialect === 'plain';
    this.#record.noteOpened(again && dialect === 'logstream' && this.positions.length > 0);
    if (dialect === 'plain') {
      this.#beginPlain();
    }
  }

  /** A server that is not ours has no numbers: each connection is an epoch, and the lines between are unknown. */
  #beginPlain(): void {
    const { clock } = this.#environment;
    this.#plainConnections++;
    const epoch = `connection-${this.#plainConnections}`;
    this.#adapter = createPlainTextAdapter(this.#plainSink(), clock, epoch, this.#policy);
    const name = this.#address.shown;
    this.#onSource.fire({ type: 'source', source: PLAIN_SOURCE, name, kind: 'stdin', state: 'live', epoch });
    if (this.#plainConnections > 1) {
      const reason = clientTexts.gap.plainReconnect;
      this.#fireGap({ type: 'gap', source: PLAIN_SOURCE, epoch, from: 0, to: 0, count: null, reason });
    }
  }

  #sink(): AdapterSink {
    const { socket } = this.#driver.state;
    return {
      message: (message) => this.#message(message, socket),
      lines: (frame) => {
        this.#frame(frame);
        this.#noteReplay(frame, socket);
      },
      partial: (source, text) => {
        this.#onSourceEvent.fire({ type: 'event', source, kind: EVENT_KINDS.partial, text });
      },
      plainPing: (id) => {
        this.#floodGuard.noteHeartbeat();
        this.#driver.dispatch({ type: 'plainPing', socket, id });
      },
      plainPong: () => {
        this.#floodGuard.noteHeartbeat();
        this.#driver.dispatch({ type: 'plainPong', socket, id: null });
      },
      violation: (reason) => this.#driver.dispatch({ type: 'violation', socket, reason }),
    };
  }

  /** Lines of a plain server come when their end has come, or its connection's, whatever the state is by then. */
  #plainSink(): AdapterSink {
    const { socket } = this.#driver.state;
    return {
      ...this.#sink(),
      lines: (frame) => {
        this.#fireLines(frame);
        this.#noteReplay(frame, socket);
      },
    };
  }

  #noteReplay({ source, bytes, history }: LinesFrame, socket: number): void {
    if (this.#driver.state.name === 'replaying' && history !== true) {
      const replayed = this.#replay.arrived(source, bytes.length, this.#driver.now());
      this.#driver.dispatch({ type: 'lines', socket, replayed });
    }
  }

  #message(message: ServerMessage, socket: number): void {
    switch (message.type) {
      case 'welcome':
        // One that comes behind an end may be of another server than the one that is to be asked next.
        if (this.#driver.state.name !== 'draining') {
          this.#takeoverKey = message.takeoverKey;
        }
        this.#driver.dispatch({ type: 'welcome', socket, message });
        this.#sendParts(message);
        return;
      case 'ping':
        this.#floodGuard.noteHeartbeat();
        this.#driver.dispatch({ type: 'ping', socket, message });
        return;
      case 'pong':
        this.#floodGuard.noteHeartbeat();
        this.#driver.dispatch({ type: 'pong', socket, message });
        return;
      case 'goaway': {
        const { reason, reconnectWindowMs } = message;
        this.#driver.dispatch({ type: 'goaway', socket, reason, reconnectWindowMs });
        return;
      }
      case 'mark': {
        if (this.#driver.delivers) {
          this.#fireGap(this.#tracker.mark(message));
        }
        const { source, reconnectWindowMs } = message;
        const replayed = this.#replay.marked(source);
        // Most say nothing that the machine does not know.
        if (replayed || reconnectWindowMs !== this.#driver.state.reconnectWindowMs) {
          this.#driver.dispatch({ type: 'mark', socket, replayed, reconnectWindowMs });
        }
        return;
      }
      case 'source':
        if (this.#driver.delivers) {
          this.#sources.set(message);
          this.#onSource.fire(message);
        }
        if (
          this.#replay.announced(message.source, message.state, this.#driver.now()) &&
          this.#driver.state.name === 'replaying'
        ) {
          // With many sources, telling of all of them takes longer than the quiet that ends a replay.
          this.#driver.dispatch({ type: 'lines', socket, replayed: false });
        }
        this.#tellEnd();
        return;
      case 'gap':
        if (this.#driver.delivers) {
          this.#fireGap(this.#tracker.gap(message));
        }
        return;
      case 'event':
        if (message.kind === EVENT_KINDS.history) {
          this.#history.end(message.source, message.text, message.text !== '');
        } else if (this.#driver.delivers && this.#isNews(message)) {
          this.#onSourceEvent.fire(message);
        }
        return;
      case 'error':
        this.#record.note(this.#environment.clock.wallTime(), message.code, message.message);
    }
  }

  /**
   * Whether an event says something: neither what it has said on an earlier connection, nor only that a
   * source has ended whose end was told already.
   */
  #isNews({ source, kind, text, id }: EventMessage): boolean {
    if (kind === EVENT_KINDS.partial) {
      return true;
    }
    const last = this.#lastEvents.get(source);
    this.#lastEvents.set(source, kind);
    if (kind === EVENT_KINDS.ended && text === '') {
      const isTold = last === EVENT_KINDS.exited || last === EVENT_KINDS.ended;
      return !isTold && this.#sources.get(source)?.exit === undefined;
    }
    if (id === undefined) {
      return true;
    }
    const isNew = !this.#eventIds.has(id);
    this.#eventIds.add(id);
    for (const oldest of this.#eventIds) {
      if (this.#eventIds.size <= eventsRemembered) {
        break;
      }
      this.#eventIds.delete(oldest);
    }
    return isNew;
  }

  /** Fires when a source's end, or its coming back, changes what is to be shown of an open connection. */
  #tellEnd(): void {
    if (this.#driver.state.name !== 'live') {
      return;
    }
    const { status } = this;
    if (JSON.stringify([status.end, status.canRunAgain]) !== this.#toldEnd) {
      this.#record.note(this.#environment.clock.wallTime(), status.end ? 'ended' : status.state, status.reason);
      this.#fireStatus(status);
    }
  }

  #fireStatus(status: ConnectionStatus): void {
    this.#toldEnd = JSON.stringify([status.end, status.canRunAgain]);
    this.#onDidChangeStatus.fire(status);
  }

  #frame(frame: LinesFrame): void {
    if (!this.#driver.delivers) {
      return;
    }
    if (frame.history === true) {
      this.#history.add(frame);
      return;
    }
    const accepted = this.#tracker.accept(frame);
    this.#fireGap(accepted.gap);
    if (accepted.frame !== null) {
      this.#fireLines(accepted.frame);
    }
  }

  #fireLines(frame: LinesFrame): void {
    this.#linesReceived += frame.count;
    this.#bytesReceived += frame.bytes.length;
    this.#onLines.fire(frame);
  }

  #fireGap(gap: GapMessage | null): void {
    if (gap !== null) {
      this.#record.noteGap(this.#environment.clock.wallTime(), gap);
      this.#onGap.fire(gap);
    }
  }

  #keep(effect: Extract<Effect, { readonly type: 'rememberDialect' | 'rememberLimits' | 'disconnected' }>): void {
    const { clock, memory } = this.#environment;
    const at = clock.wallTime();
    switch (effect.type) {
      case 'rememberDialect':
        remember(memory, this.#address.key, effect.dialect === 'plain' ? { plainSince: at } : { welcomedSince: at });
        return;
      case 'rememberLimits':
        remember(memory, this.#address.key, { limits: effect.limits, limitsSince: at });
        return;
      case 'disconnected': {
        const { reason, code } = effect;
        this.#lastDisconnect = { at, reason, ...(code === undefined ? {} : { code }) };
      }
    }
  }

  #changed(state: MachineState, previous: MachineState): void {
    const { clock } = this.#environment;
    if (state.link === null || state.socket !== previous.socket) {
      if (previous.link !== null) {
        this.#history.endAll(clientTexts.history.interrupted);
      }
    }
    if (state.link === null) {
      this.#adapter?.end();
      this.#adapter = null;
      this.#opening = null;
    }
    // Only now: what lacked its end until then was of the last connection.
    this.#isPlain = (state.link ?? state).dialect === 'plain';
    if (state.link?.dialect === 'logstream') {
      this.#chooseReader(state);
    }
    const moved = state.name !== previous.name;
    if (moved) {
      this.#since = clock.wallTime();
    }
    if (moved || state.reason !== previous.reason) {
      this.#record.note(clock.wallTime(), state.name, state.reason);
    }
    if (moved) {
      this.#onDidEnterState.fire(this.status);
    }
    if (moved || statusDiffers(state, previous)) {
      this.#fireStatus(this.status);
    }
    if (this.#isPlain && this.#opening !== null && this.#adapter !== null) {
      const opening = this.#opening;
      this.#opening = null;
      opening.handOver(this.#adapter);
    }
  }

  /** Who reads what a peer sends that was offered our subprotocol. */
  #chooseReader({ name, options }: MachineState): void {
    const { socket } = this.#driver.state;
    const isOpen = name !== 'opening' || options.format !== 'auto';
    if (isOpen && (this.#adapter === null || this.#opening !== null)) {
      this.#opening = null;
      this.#adapter = createLogstreamAdapter(this.#sink(), this.#environment.countLines);
    } else if (this.#adapter === null) {
      const logstream = createLogstreamAdapter(this.#sink(), this.#environment.countLines);
      this.#opening = new OpeningAdapter({
        ours: (text) => logstream.text(text),
        foreign: () => this.#driver.dispatch({ type: 'foreign', socket }),
      });
      this.#adapter = this.#opening;
    }
  }

  #tell(effect: Extract<Effect, { readonly type: 'heartbeat' | 'notice' }>): void {
    if (effect.type === 'notice') {
      const { kind, text } = effect;
      this.#record.note(this.#environment.clock.wallTime(), kind, text);
      this.#onNotice.fire({ kind, text });
      return;
    }
    const { kind, id, roundTripMs } = effect;
    if (roundTripMs !== undefined) {
      this.#record.noteRoundTrip(roundTripMs);
    }
    this.#onHeartbeat.fire({ kind, id, ...(roundTripMs === undefined ? {} : { roundTripMs }) });
  }
}

/** @throws an Error with one sentence for the person if the address, or the sources, cannot be used. */
function addressOf({ url, shownAs, sources }: ConnectionOptions): Address {
  if (sources !== undefined && !sourcesFit(sources)) {
    throw new Error(clientTexts.tooManySources);
  }
  const result = parseAddress(url);
  if (result.kind === 'problem') {
    throw new Error(result.problem);
  }
  return shownAs === undefined ? result.address : { ...result.address, shown: shownAs, key: shownAs };
}

/** Whether the status that two states make differs in value, the state's name apart. */
function statusDiffers(state: MachineState, previous: MachineState): boolean {
  const heartbeat = state.link?.heartbeat;
  const previousHeartbeat = previous.link?.heartbeat;
  return (
    state.reason !== previous.reason ||
    state.code !== previous.code ||
    state.losses + state.refusals !== previous.losses + previous.refusals ||
    state.timers.dial !== previous.timers.dial ||
    heartbeat?.intervalMs !== previousHeartbeat?.intervalMs ||
    heartbeat?.origin !== previousHeartbeat?.origin ||
    state.options.address.shown !== previous.options.address.shown
  );
}
