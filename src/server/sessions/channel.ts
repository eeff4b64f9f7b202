import type { WebSocket } from 'ws';
import type { Clock } from '../../base/clock';
import { type Disposable, DisposableStore } from '../../base/disposable';
import { CLOSE, fitCloseReason } from '../../protocol/closeCodes';
import { texts } from '../../text/texts';
import { FrameLimit } from './frameLimit';
import { Liveness, type LivenessTimings } from './liveness';
import { pendingBytes } from './pendingWrite';
import { SESSION_LIMITS } from './sessionLimits';
import { StallWatch } from './stallWatch';

export type CloseEntry = (typeof CLOSE)[keyof typeof CLOSE];

/** Whose channel it is. */
export interface ChannelOwner {
  /** The interval of the client's heartbeats, ms, if it has told: a close for its silence names it. */
  readonly heartbeatMs: number | undefined;
  /** Something waits for the client to take what it was sent, though there is room. */
  readonly waitsForTaking: boolean;
  sendPing(id: number): void;
  received(data: Buffer, isBinary: boolean): void;
  /** There is room again for what was held back since {@link Channel.hasRoom} said no. */
  roomAgain(): void;
  /** The channel is over: nothing more comes, and nothing more is sent. Told once. */
  over(): void;
}

/**
 * The way to one client and back: what is the same whatever is spoken over it. It holds the client to its
 * rate and to the timeouts, tells one that takes nothing from one that is slow, says whether there is room
 * for more, and closes with a reason.
 */
export class Channel implements Disposable {
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  readonly #owner: ChannelOwner;
  readonly #held = new DisposableStore();
  readonly #frames: FrameLimit;
  readonly #liveness: Liveness;
  readonly #stallWatch: StallWatch;
  /** How many messages were sent, how many of them have left, and who waits for which. */
  #sent = 0;
  #left = 0;
  #awaited: { readonly sent: number; readonly resolve: () => void }[] = [];
  /** The socket had no room for something that waits for it since. */
  #hasRefused = false;
  #isOver = false;
  #closeReason: string | undefined;

  constructor(socket: WebSocket, clock: Clock, timings: LivenessTimings, owner: ChannelOwner) {
    this.#socket = socket;
    this.#clock = clock;
    this.#owner = owner;
    const { closeReason } = texts.server;
    this.#frames = new FrameLimit(socket, clock, () =>
      this.close(CLOSE.rateLimited, closeReason.rate(SESSION_LIMITS.framesPerSecond)),
    );
    this.#liveness = this.#held.add(
      new Liveness(clock, timings, {
        sendPing: (id) => owner.sendPing(id),
        receiveTimeout: () =>
          this.close(CLOSE.receiveTimeout, closeReason.receiveTimeout(timings.receiveTimeoutMs, owner.heartbeatMs)),
        heartbeatTimeout: () =>
          this.close(CLOSE.heartbeatTimeout, closeReason.heartbeatTimeout(timings.heartbeatTimeoutMs, timings.pingMs)),
      }),
    );
    this.#stallWatch = this.#held.add(
      new StallWatch(clock, SESSION_LIMITS.stalledMs, {
        isFull: () => !this.#fits || owner.waitsForTaking,
        underWay: () => pendingBytes(socket),
        stalled: () => this.close(CLOSE.tooSlow, closeReason.tooSlow(SESSION_LIMITS.stalledMs)),
      }),
    );
    socket.on('message', (data, isBinary) => {
      if (this.#frames.take() && !this.#isOver) {
        this.#liveness.received();
        owner.received(data as Buffer, isBinary);
      }
    });
    this.#frames.answerPings(() => this.#liveness.received());
  }

  /** Nothing more comes, and nothing more is sent. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Why the server closed it, if it did. */
  get closeReason(): string | undefined {
    return this.#closeReason;
  }

  /** The client has answered a ping of {@link ChannelOwner.sendPing}. */
  answered(id: number): void {
    this.#liveness.answered(id);
  }

  /** Sends a message: text as a text frame, bytes as a binary one. `sent`: it has left this process. */
  send(data: string | Buffer, sent?: () => void): void {
    if (this.#socket.readyState === this.#socket.OPEN) {
      this.#sent++;
      this.#socket.send(data, () => {
        sent?.();
        this.#oneLeft();
      });
    }
  }

  /** Sends an answer. One that is not taken counts like lines that are not: a client must not pile them up. */
  answer(text: string): void {
    this.send(text);
    this.hasRoom();
  }

  /** An RFC 6455 ping, which every WebSocket library answers by itself. */
  pingFrame(): void {
    if (this.#socket.readyState === this.#socket.OPEN) {
      this.#socket.ping();
    }
  }

  /** Whether the socket takes more now; if not, {@link ChannelOwner.roomAgain} tells when. */
  hasRoom(): boolean {
    const room = !this.#isOver && this.#fits;
    if (!room && !this.#isOver) {
      this.#hasRefused = true;
      this.#stallWatch.full();
    }
    return room;
  }

  /** Somebody waits for messages that were sent to leave. */
  get isAwaited(): boolean {
    return this.#awaited.length > 0;
  }

  /** Watches a client from now on that is waited for, see {@link ChannelOwner.waitsForTaking}. */
  watchTaking(): void {
    if (this.#owner.waitsForTaking) {
      this.#stallWatch.full();
    }
  }

  /** Resolves when all that was sent until now has left, or the channel is over. */
  async sentSoFar(): Promise<void> {
    if (this.#left < this.#sent && !this.#isOver) {
      const left = new Promise<void>((resolve) => this.#awaited.push({ sent: this.#sent, resolve }));
      this.watchTaking();
      await left;
    }
  }

  /** Says why, closes, and cuts the connection if the client does not answer within a second. */
  close(entry: CloseEntry, reason: string): void {
    if (this.#isOver) {
      return;
    }
    this.#closeReason = `${entry.code} ${entry.name}: ${reason}`;
    this.dispose();
    this.#socket.close(entry.code, fitCloseReason(reason));
    const cut = this.#clock.schedule(SESSION_LIMITS.closeMs, () => this.#socket.terminate());
    this.#socket.once('close', () => cut.dispose());
  }

  /** The connection has ended. */
  dispose(): void {
    if (this.#isOver) {
      return;
    }
    this.#isOver = true;
    this.#held.dispose();
    this.#owner.over();
    for (const { resolve } of this.#awaited.splice(0)) {
      resolve();
    }
  }

  get #fits(): boolean {
    return this.#socket.bufferedAmount < SESSION_LIMITS.unsentBytes;
  }

  /** A message has left this process: there may be room. */
  #oneLeft(): void {
    this.#stallWatch.taken();
    this.#left++;
    while (this.#awaited[0] && this.#awaited[0].sent <= this.#left) {
      this.#awaited.shift()?.resolve();
    }
    if (this.#hasRefused && this.#fits) {
      this.#hasRefused = false;
      this.#owner.roomAgain();
    }
  }
}
