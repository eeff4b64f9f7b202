import { StringDecoder } from 'node:string_decoder';
import type { WebSocket } from 'ws';
import type { Disposable } from '../../base/disposable';
import { CLOSE } from '../../protocol/closeCodes';
import type { LineCount } from '../../protocol/messages';
import { texts } from '../../text/texts';
import type { LinesItem, LogSource, SourceReader } from '../logSource';
import { Channel, type CloseEntry } from './channel';
import { Delivery, type DeliverySink } from './delivery';
import { SESSION_LIMITS } from './sessionLimits';
import type { ServedSession, SessionServer } from './sessionServer';
import { SourceOpening } from './sourceOpening';

/** Longest message that may be a heartbeat, in bytes; longer ones are not looked at. */
const MOST_HEARTBEAT_BYTES = 1000;

/**
 * A client that asked for no subprotocol (PROTOCOL.md section 9): lines as text, nothing else. So a
 * command-line WebSocket tool, a ten-line script or an old client works. It is kept alive by RFC 6455
 * pings, which every WebSocket library answers by itself.
 */
export class PlainSession implements DeliverySink, ServedSession {
  readonly clientId = undefined;
  /** What logs call it. */
  readonly shownClient = texts.server.plainClient;
  readonly #server: SessionServer;
  readonly #channel: Channel;
  readonly #deliveries: Delivery[] = [];
  /** Sources on their way to a delivery, or there. */
  readonly #openings = new Map<LogSource, SourceOpening>();
  readonly #newcomers: Disposable;

  constructor(socket: WebSocket, server: SessionServer, lines: LineCount) {
    this.#server = server;
    const { receiveTimeoutMs, serverPingMs } = server.timings;
    this.#channel = new Channel(
      socket,
      server.clock,
      // Its only duty is to answer pings, and those answers are frames: one timeout says it all.
      { receiveTimeoutMs, heartbeatTimeoutMs: Number.POSITIVE_INFINITY, pingMs: serverPingMs },
      {
        heartbeatMs: undefined,
        waitsForTaking: false,
        sendPing: () => this.#channel.pingFrame(),
        received: (data, isBinary) => this.#received(data, isBinary),
        roomAgain: () => this.#roomAgain(),
        over: () => this.#release(),
      },
    );
    this.#newcomers = server.onDidAddSource((source) => void this.#join(source, 'all'));
    void this.#joinAll(lines);
  }

  get closeReason(): string | undefined {
    return this.#channel.closeReason;
  }

  close(entry: CloseEntry, reason: string): void {
    this.#channel.close(entry, reason);
  }

  goAway(reason: string): void {
    this.close(CLOSE.restart, reason);
  }

  dispose(): void {
    this.#channel.dispose();
  }

  #release(): void {
    this.#newcomers.dispose();
    for (const opening of this.#openings.values()) {
      opening.dispose();
    }
    for (const delivery of this.#deliveries.splice(0)) {
      delivery.dispose();
    }
  }

  #received(data: Buffer, isBinary: boolean): void {
    if (isBinary || data.length > MOST_HEARTBEAT_BYTES) {
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
      this.#channel.answer(JSON.stringify(isShort(id) ? { type: 'pong', id } : { type: 'pong' }));
    }
  }

  async #joinAll(lines: LineCount): Promise<void> {
    for (const source of this.#server.sources) {
      await this.#join(source, lines);
    }
  }

  /** Resolves once the source is there or has failed for the first time: the others do not wait for it. */
  async #join(source: LogSource, lines: LineCount): Promise<void> {
    if (this.#channel.isOver || this.#openings.has(source)) {
      return;
    }
    const opening = new SourceOpening(source, { kind: 'last', lines }, this.#server.clock, {
      opened: (reader) => this.#begin(source, reader),
      failed: (error) => this.#tellFailure(source, error),
    });
    this.#openings.set(source, opening);
    await opening.attempt();
  }

  #begin(source: LogSource, reader: SourceReader): void {
    const delivery = new Delivery(source, reader, this, this.#server.clock);
    this.#deliveries.push(delivery);
    delivery.pump();
  }

  #roomAgain(): void {
    for (const delivery of this.#deliveries) {
      if (delivery.isWaiting) {
        delivery.pump();
      }
    }
  }

  // --- DeliverySink: a client that reads only lines can be told nothing else ----------------------

  hasRoom(): boolean {
    return this.#channel.hasRoom();
  }

  lines(_delivery: Delivery, { bytes, sent }: LinesItem): void {
    // A text frame must be UTF-8 (RFC 6455 section 8.1), so other bytes are replaced here.
    this.#channel.send(new StringDecoder('utf8').write(bytes));
    sent?.();
  }

  gap(): void {}

  event(): void {}

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

  /** The client cannot be told; the server's log can. */
  #tellFailure(source: LogSource, error: unknown): void {
    const detail = error instanceof Error ? error.message : String(error);
    this.#server.log('info', texts.server.cannotRead(source.name, detail));
  }
}

/** Whether an id is worth repeating: a client must not have the server send whatever it likes. */
function isShort(id: unknown): id is string | number {
  return typeof id === 'number' || (typeof id === 'string' && id.length <= SESSION_LIMITS.echoedCharacters);
}
