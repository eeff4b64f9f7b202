import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import type { ViewerHost } from '../view/viewerHost';
import { readViewerState, type ViewerState } from './viewerState';

/** Changes are saved when they, and scrolling, have rested for so long, ms. */
const SAVE_MS = 300;

/** What the viewer keeps over hiding and reloading. The only place where it is assigned. */
export class SavedState implements Disposable {
  readonly #host: Pick<ViewerHost, 'saveState'>;
  readonly #clock: Clock;
  readonly #topRow: () => number | null;
  #current: ViewerState;
  #timer: Disposable | undefined;

  /** `topRow`: the store row at the upper edge at the time of saving, null while the list follows. */
  constructor(host: Pick<ViewerHost, 'loadState' | 'saveState'>, clock: Clock, topRow: () => number | null) {
    this.#host = host;
    this.#clock = clock;
    this.#topRow = topRow;
    this.#current = readViewerState(host.loadState());
  }

  get current(): ViewerState {
    return this.#current;
  }

  change(change: Partial<ViewerState>): void {
    this.#current = { ...this.#current, ...change };
    this.saveSoon();
  }

  saveSoon(): void {
    this.#timer?.dispose();
    this.#timer = this.#clock.schedule(SAVE_MS, () => {
      this.#current = { ...this.#current, topRow: this.#topRow() };
      this.#host.saveState(this.#current);
    });
  }

  dispose(): void {
    this.#timer?.dispose();
  }
}
