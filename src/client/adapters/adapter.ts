import type { LinesFrame } from '../../protocol/frames';
import type { ServerMessage } from '../../protocol/messages';

/** Where an adapter puts what it understood. */
export interface AdapterSink {
  /** A control message of our contract. */
  message(message: ServerMessage): void;
  lines(frame: LinesFrame): void;
  /** A JSON heartbeat of a peer that is not ours. */
  plainPing(id: unknown): void;
  plainPong(): void;
  /** The peer broke the contract; `reason` is for its close frame and for the person. */
  violation(reason: string): void;
}

/** Understands what one kind of peer sends, for the length of one connection. Calls the sink synchronously. */
export interface Adapter {
  text(text: string): void;
  binary(bytes: Uint8Array): void;
}
