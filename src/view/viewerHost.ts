import type { Event } from '../base/emitter';
import type { HolderMessage, ViewerMessage } from './messages';

/**
 * The seam between a viewer and wherever it lives: a VS Code webview, the browser page, a test.
 * The viewer knows nothing else of its surroundings.
 */
export interface ViewerHost {
  /** Whether `openFile` leads anywhere: a browser page has no editor. */
  readonly canOpenFiles: boolean;
  post(message: ViewerMessage): void;
  readonly onMessage: Event<HolderMessage>;
  /** What {@link saveState} stored last, after a reload too; undefined the first time. */
  loadState(): unknown;
  /** Keeps a JSON-able value over hiding and reloading. */
  saveState(state: unknown): void;
}
