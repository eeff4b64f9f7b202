import type { ConnectionStateName } from '../client/status';

/** What the messages need to know of a stream. */
export interface ToldStream {
  /** Whether it was live at least once. */
  readonly wasLive: boolean;
}

/**
 * Which message a stream's entering a state is worth. What a person sees in the status bar and in
 * the panel anyway is no message: only that it failed for good, each time it does, and that a stream
 * that never was live cannot be reached, once for all attempts in a row.
 */
export class StateMessages {
  /** Streams that are told to be unreachable, until somebody ends the attempts. */
  readonly #unreachable = new WeakSet<ToldStream>();

  /** To be called once for each time that a stream enters a state. */
  entered(stream: ToldStream, state: ConnectionStateName): 'failed' | 'unreachable' | null {
    switch (state) {
      case 'failed':
        this.#unreachable.delete(stream);
        return 'failed';
      case 'closed':
        this.#unreachable.delete(stream);
        return null;
      case 'waiting':
      case 'dormant':
        if (stream.wasLive || this.#unreachable.has(stream)) {
          return null;
        }
        this.#unreachable.add(stream);
        return 'unreachable';
      default:
        return null;
    }
  }
}
