import { StringDecoder } from 'node:string_decoder';
import type { WebSocket } from 'ws';
import type { Clock } from '../../base/clock';
import { type Disposable, DisposableStore } from '../../base/disposable';
import { CLOSE, fitCloseReason } from '../../protocol/closeCodes';
import { texts } from '../../text/texts';
import type { LogSource, ReadItem, SourceReader } from '../logSource';
import { Delivery, type DeliverySink } from './delivery';
import { FrameLimit } from './frameLimit';
import { Liveness } from './liveness';
import { pendingBytes } from './pendingWrite';
import type { SessionServer } from './session';
import { SESSION_LIMITS } from './sessionLimits';
import { SourceOpening } from './sourceOpening';
import { StallWatch } from './stallWatch';

/**
 * A client that asked for no subprotocol (PROTOCOL.md section 9): lines as text, nothing else. So a
 * command-line WebSocket tool, a ten-line script or an old client works. It is kept alive by RFC 6455
 * pings, which every WebSocket library answers by itself.
 */
export class PlainSession implements DeliverySink, Disposable {
  readonly #socket: WebSocket;
  readonly #server: SessionServer;
  readonly #held = new DisposableStore();
  readonly #deliveries: Delivery[] = [];
  /** Sources on their way to a delivery, or there. */
  readonly #openings = new Map<LogSource, SourceOpening>();
  readonly #frames: FrameLimit;
  readonly #liveness: Liveness;
  readonly #stallWatch: StallWatch;
  readonly #clock: Clock;
  #closing = false;
  #closeReason: string | undefined;

  constructor(socket: WebSocket, server: SessionServer, lines: number | 'all') {
    this.#socket = socket;
    this.#server = server;
    this.#clock = server.clock;
    this.#frames = new FrameLimit(socket, server.clock, () =>
      this.close(CLOSE.rateLimited, texts.server.closeReason.rate(SESSION_LIMITS.framesPerSecond)),
    );
    this.#liveness = this.#held.add(
      new Liveness(
        server.clock,
        {
          receiveTimeoutMs: server.timings.receiveTimeoutMs,
          // Its only duty is to answer pings, and those answers are frames: one timeout says it all.
          heartbeatTimeoutMs: Number.POSITIVE_INFINITY,
          pingMs: server.timings.serverPingMs,
        },
        {
          sendPing: () => socket.readyState === socket.OPEN && socket.ping(),
          receiveTimeout: () =>
            this.close(
              CLOSE.receiveTimeout,
              texts.server.closeReason.receiveTimeout(server.timings.receiveTimeoutMs, undefined),
            ),
          heartbeatTimeout: () => undefined,
        },
      ),
    );
    this.#stallWatch = this.#held.add(
      new StallWatch(server.clock, SESSION_LIMITS.stalledMs, {
        isFull: () => socket.bufferedAmount >= SESSION_LIMITS.unsentBytes,
        underWay: () => pendingBytes(socket),
        stalled: () => this.close(CLOSE.tooSlow, texts.server.closeReason.tooSlow(SESSION_LIMITS.stalledMs)),
      }),
    );
    socket.on('message', (data, isBinary) => this.#received(data as Buffer, isBinary));
    this.#frames.answerPings(() => this.#liveness.received());
    this.#held.add(server.onDidAddSource((source) => void this.#join(source, 'all')));
    void this.#joinAll(lines);
  }

  /** What logs call it. */
  readonly shownClient = texts.server.plainClient;

  get closeReason(): string | undefined {
    return this.#closeReason;
  }

  close(entry: (typeof CLOSE)[keyof typeof CLOSE], reason: string): void {
    if (this.#closing) {
      return;
    }
    this.#closing = true;
    this.#closeReason = `${entry.code} ${entry.name}: ${reason}`;
    this.#release();
    this.#socket.close(entry.code, fitCloseReason(reason));
    const cut = this.#clock.schedule(SESSION_LIMITS.closeMs, () => this.#socket.terminate());
    this.#socket.once('close', () => cut.dispose());
  }

  goAway(reason: string): void {
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
    for (const delivery of this.#deliveries.splice(0)) {
      delivery.dispose();
    }
  }

  #received(data: Buffer, isBinary: boolean): void {
    if (!this.#frames.take() || this.#closing) {
      return;
    }
    this.#liveness.received();
    if (isBinary || data.length > 1000) {
      return;
    }
    let message: unknown;
    try {
      message = JSON.parse(data.toString('utf8'));
    } catch {
      return;
    }
    if (typeof message === 'object' && message !== null && (message as { type?: unknown }).type === 'ping') {
      const { id } = message as { id?: unknown };
      this.#socket.send(JSON.stringify(isShort(id) ? { type: 'pong', id } : { type: 'pong' }));
      // Answers that are not taken count like lines that are not.
      this.hasRoom();
    }
  }

  async #joinAll(lines: number | 'all'): Promise<void> {
    for (const source of this.#server.sources) {
      await this.#join(source, lines);
    }
  }

  /** Resolves once the source is there or has failed for the first time: the others do not wait for it. */
  async #join(source: LogSource, lines: number | 'all'): Promise<void> {
    if (this.#closing || this.#openings.has(source)) {
      return;
    }
    const start = { kind: 'last', lines } as const;
    const opening = new SourceOpening(source, start, this.#clock, {
      opened: (reader) => this.#begin(source, reader),
      failed: (error) => this.#tellFailure(source, error),
    });
    this.#openings.set(source, opening);
    await opening.attempt();
  }

  #begin(source: LogSource, reader: SourceReader): void {
    const delivery = new Delivery(source, reader, this, this.#clock);
    this.#deliveries.push(delivery);
    delivery.pump();
  }

  hasRoom(): boolean {
    const room = !this.#closing && this.#socket.bufferedAmount < SESSION_LIMITS.unsentBytes;
    if (!room && !this.#closing) {
      this.#stallWatch.full();
    }
    return room;
  }

  item(_flow: Delivery, item: Exclude<ReadItem, { kind: 'idle' } | { kind: 'ended' }>): void {
    if (item.kind === 'lines' && this.#socket.readyState === this.#socket.OPEN) {
      // A text frame must be UTF-8 (RFC 6455 section 8.1), so other bytes are replaced here.
      const text = new StringDecoder('utf8').write(item.bytes);
      this.#socket.send(text, () => {
        this.#stallWatch.taken();
        for (const delivery of this.#deliveries) {
          if (delivery.isWaiting) {
            delivery.pump();
          }
        }
      });
    }
  }

  caughtUp(): void {}

  ended(): void {
    if (this.#deliveries.every((delivery) => delivery.hasEnded) && this.#server.endsWithSources()) {
      this.close(CLOSE.streamEnded, texts.server.closeReason.ended);
    }
  }

  sourceChanged(): void {}

  failed(delivery: Delivery, error: unknown): void {
    this.#tellFailure(delivery.source, error);
  }

  /** A client that reads only lines cannot be told; the server's log can. */
  #tellFailure(source: LogSource, error: unknown): void {
    const detail = error instanceof Error ? error.message : String(error);
    this.#server.log('info', texts.server.cannotRead(source.name, detail));
  }
}

/** Whether an id is worth repeating: a client must not have the server send whatever it likes. */
function isShort(id: unknown): id is string | number {
  return typeof id === 'number' || (typeof id === 'string' && id.length <= SESSION_LIMITS.echoedCharacters);
}
