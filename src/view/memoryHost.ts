import { Emitter } from '../base/emitter';
import type { HolderMessage, ViewerMessage } from './messages';
import type { ViewerHost } from './viewerHost';

/** Where a viewer in this process keeps its state; nothing survives unless this does. */
export interface StateKeeper {
  load(): unknown;
  save(state: unknown): void;
}

/**
 * Links a viewer to a holder in the same process. Messages arrive in order, after the sender has
 * returned, as they would from elsewhere.
 */
export class MemoryHost implements ViewerHost {
  readonly #toViewer = new Emitter<HolderMessage>();
  readonly #toHolder = new Emitter<ViewerMessage>();
  readonly #state: StateKeeper;
  readonly canOpenFiles = false;
  readonly onMessage = this.#toViewer.event;
  /** What the viewer posts. */
  readonly onViewerMessage = this.#toHolder.event;

  constructor(state: StateKeeper) {
    this.#state = state;
  }

  post(message: ViewerMessage): void {
    queueMicrotask(() => this.#toHolder.fire(message));
  }

  /** Sends a message to the viewer. */
  tell(message: HolderMessage): void {
    queueMicrotask(() => this.#toViewer.fire(message));
  }

  loadState(): unknown {
    return this.#state.load();
  }

  saveState(state: unknown): void {
    this.#state.save(state);
  }
}
