import type { LinesFrame } from '../../protocol/frames';
import type { ServerMessage } from '../../protocol/messages';

/** Where an adapter puts what it understood. */
export interface AdapterSink {
  /** A control message of our contract. */
  message(message: ServerMessage): void;
  lines(frame: LinesFrame): void;
  /** The line of a source that is still being written, for showing only. */
  partial(source: string, text: string): void;
  /** A JSON heartbeat of a peer that is not ours. */
  plainPing(id: unknown): void;
  plainPong(): void;
  /** The peer broke the contract; `reason` is for its close frame and for the person. */
  violation(reason: string): void;
}

/** Understands what one kind of peer sends, for the length of one connection. */
export interface Adapter {
  text(text: string): void;
  binary(bytes: Uint8Array): void;
  /** Nothing more comes: delivers what lacked its end, and leaves no timer behind. */
  end(): void;
}
