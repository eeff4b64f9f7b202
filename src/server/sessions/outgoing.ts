import { encodeFrameHead, type LinesHeader } from '../../protocol/frames';
import { EVENT_KINDS, type ServerMessage, type SourceState } from '../../protocol/messages';
import { texts } from '../../text/texts';
import type { EventItem, LinesItem, LogSource } from '../logSource';
import { toldName } from '../sourceId';
import type { Channel } from './channel';
import type { Delivery } from './delivery';

/** What a session says to its client, in the words of the protocol. */
export class Outgoing {
  readonly #channel: Channel;
  readonly #log: (text: string) => void;

  /** @param log tells whoever runs the server what is theirs to mend. */
  constructor(channel: Channel, log: (text: string) => void) {
    this.#channel = channel;
    this.#log = log;
  }

  send(message: ServerMessage): void {
    this.#channel.answer(JSON.stringify(message));
  }

  /** A request is not met. */
  refuse(code: string, message: string): void {
    this.send({ type: 'error', code, message });
  }

  source({ id, name, kind, command, exit }: LogSource, state: SourceState, epoch: string): void {
    this.send({
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

  event(source: string, { event, text, id }: Omit<EventItem, 'kind'>): void {
    this.send({ type: 'event', source, kind: event, text, ...(id === undefined ? {} : { id }) });
  }

  /** A source cannot be read at present. The server's log says so too. */
  failure(source: LogSource, error: unknown): void {
    const text = texts.server.cannotRead(source.name, detailOf(error));
    this.event(source.id, { event: EVENT_KINDS.failed, text });
    this.#log(text);
  }

  /** Earlier lines of a source cannot be read, but may be another time. */
  historyFailure(source: LogSource, error: unknown): void {
    const text = texts.server.historyFailed(source.name, detailOf(error));
    this.refuse('history-failed', text);
    this.#log(text);
  }

  /** `history`: the lines lie before those that were delivered. */
  lines({ source, epoch }: Delivery, item: LinesItem, seq: number, history: boolean): void {
    const header: LinesHeader = {
      source: source.id,
      epoch,
      seq,
      count: item.count,
      receivedAt: item.receivedAt,
      cursor: item.cursor,
      ...(item.continues ? { continues: true } : {}),
      ...(history ? { history: true } : {}),
    };
    this.#channel.send(frameOf(encodeFrameHead(header), item), item.sent);
  }
}

/** A frame. Where there is room in front of the bytes the head is written there, and they are not copied. */
function frameOf(head: Uint8Array, { bytes, headRoom }: LinesItem): Buffer {
  if (headRoom === undefined || headRoom < head.length) {
    return Buffer.concat([head, bytes]);
  }
  const frame = Buffer.from(bytes.buffer, bytes.byteOffset - head.length, head.length + bytes.length);
  frame.set(head);
  return frame;
}

function detailOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
