import { once } from 'node:events';
import { WebSocket } from 'ws';
import { decodeFrame, type LinesFrame } from '../../src/protocol/frames';
import type {
  EventMessage,
  GapMessage,
  HelloMessage,
  ResumePosition,
  ServerMessage,
} from '../../src/protocol/messages';
import { PROTOCOL_VERSION, SUBPROTOCOL } from '../../src/protocol/version';
import { countLines } from '../../src/store/lineCount';
import { GrowingBuffer } from './growingBuffer';

export interface StreamClientOptions extends Partial<Omit<HelloMessage, 'type'>> {
  readonly headers?: Readonly<Record<string, string>>;
}

/** What arrived of one source. */
export interface ReceivedSource {
  readonly content: GrowingBuffer;
  readonly frames: LinesFrame[];
  /** Where to resume. */
  position: ResumePosition;
}

/**
 * A client for tests of the server: nothing but the socket and the codec, none of the product's
 * client. Checks on arrival what the protocol promises of numbers: contiguous within an epoch, a
 * jump only by a gap.
 */
export class StreamClient {
  readonly socket: WebSocket;
  readonly messages: ServerMessage[] = [];
  readonly sources = new Map<string, ReceivedSource>();
  readonly problems: string[] = [];
  closeCode: number | undefined;
  closeReason = '';
  #changed: () => void = () => {};

  private constructor(url: string, headers: Readonly<Record<string, string>>) {
    this.socket = new WebSocket(url, SUBPROTOCOL, { headers });
    this.socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) {
        this.#takeFrame(data);
      } else {
        this.#takeMessage(JSON.parse(data.toString('utf8')) as ServerMessage);
      }
      this.#changed();
    });
    this.socket.on('close', (code, reason) => {
      this.closeCode = code;
      this.closeReason = reason.toString('utf8');
      this.#changed();
    });
    this.socket.on('error', () => {});
  }

  static async connect(url: string, options: StreamClientOptions = {}): Promise<StreamClient> {
    const { headers, ...hello } = options;
    const client = new StreamClient(url, headers ?? {});
    await once(client.socket, 'open');
    client.send({
      type: 'hello',
      version: PROTOCOL_VERSION,
      clientId: `test-${Math.random()}`,
      heartbeatMs: 9000,
      lines: 'all',
      ...hello,
    });
    return client;
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  /** Everything that came from a source (the only one, if none is named), as it was written. */
  text(source?: string): string {
    return this.bytes(source).toString('utf8');
  }

  bytes(source?: string): Buffer {
    const received = source === undefined ? [...this.sources.values()][0] : this.sources.get(source);
    return received?.content.bytes ?? Buffer.alloc(0);
  }

  get positions(): ResumePosition[] {
    return [...this.sources.values()].map(({ position }) => position);
  }

  get gaps(): GapMessage[] {
    return this.messages.filter((message) => message.type === 'gap');
  }

  events(kind: string): EventMessage[] {
    return this.messages.filter(
      (message): message is EventMessage => message.type === 'event' && message.kind === kind,
    );
  }

  async until(what: string, holds: () => boolean, deadlineMs = 10_000): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const deadline = setTimeout(() => {
        const seen = this.messages.slice(-8).map((message) => JSON.stringify(message));
        const text = this.text();
        reject(
          new Error(
            `not within ${deadlineMs} ms: ${what}\n${seen.join('\n')}\n${text.length} bytes, last: ${text.slice(-300)}`,
          ),
        );
      }, deadlineMs);
      this.#changed = () => {
        if (holds()) {
          clearTimeout(deadline);
          this.#changed = () => {};
          resolve();
        }
      };
      this.#changed();
    });
  }

  async untilClosed(): Promise<void> {
    await this.until('the close', () => this.closeCode !== undefined);
  }

  async close(): Promise<void> {
    if (this.socket.readyState !== WebSocket.CLOSED) {
      this.socket.terminate();
      await once(this.socket, 'close');
    }
  }

  #source(id: string, epoch: string): ReceivedSource {
    let received = this.sources.get(id);
    if (received === undefined) {
      received = {
        content: new GrowingBuffer(),
        frames: [],
        position: { source: id, epoch, nextSeq: Number.NaN, cursor: null },
      };
      this.sources.set(id, received);
    }
    return received;
  }

  #takeFrame(data: Buffer): void {
    const result = decodeFrame(data);
    if (result.kind === 'malformed') {
      this.problems.push(result.reason);
      return;
    }
    const { frame } = result;
    if (frame.history === true) {
      this.#source(`${frame.source} (history)`, frame.epoch).frames.push(frame);
      return;
    }
    const received = this.#source(frame.source, frame.epoch);
    const { nextSeq, epoch } = received.position;
    if (!Number.isNaN(nextSeq) && (frame.epoch !== epoch || frame.seq !== nextSeq)) {
      this.problems.push(`${frame.source}: line ${frame.seq} of ${frame.epoch} after ${nextSeq} of ${epoch}`);
    }
    const newlines = countLines(frame.bytes);
    if (newlines !== frame.count) {
      this.problems.push(`${frame.source}: ${newlines} newlines, but count ${frame.count}`);
    }
    received.frames.push(frame);
    received.content.append(frame.continues === true ? frame.bytes.subarray(0, -1) : frame.bytes);
    received.position = {
      source: frame.source,
      epoch: frame.epoch,
      nextSeq: frame.seq + frame.count,
      cursor: frame.cursor,
    };
  }

  #takeMessage(message: ServerMessage): void {
    this.messages.push(message);
    switch (message.type) {
      case 'ping':
        this.send({ type: 'pong', id: message.id });
        break;
      case 'gap': {
        const received = this.#source(message.source, message.epoch);
        received.position = { ...received.position, epoch: message.epoch, nextSeq: message.to };
        break;
      }
      case 'mark': {
        const { source, epoch, nextSeq, cursor } = message;
        const received = this.#source(source, epoch);
        if (!Number.isNaN(received.position.nextSeq) && received.position.nextSeq !== nextSeq) {
          this.problems.push(`${source}: a mark at ${nextSeq}, but ${received.position.nextSeq} lines came`);
        }
        received.position = { source, epoch, nextSeq, cursor };
        break;
      }
    }
  }
}
