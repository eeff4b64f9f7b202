import type { Filter, ViewOptions } from '../store/filter';
import { restricts } from '../store/readFilter';
import type { ExtentMessage, HolderMessage, Row, SeekTarget, ViewerMessage } from '../view/messages';

/** A row, and how far below the list's upper edge it stands, px. */
export interface Place {
  readonly row: number;
  readonly top: number;
}

export interface ViewPorts {
  post(message: ViewerMessage): void;
  /** A new view begins; the reader shall be at a place of it, or null: wherever following leads. */
  began(near: Place | null): void;
  /** The place is known in the new view. */
  showAt(ordinal: number, top: number): void;
  /** Filter or options, or whether they are put aside, have changed. */
  changed(): void;
}

type Found = Extract<HolderMessage, { type: 'place' }>;

/**
 * What is shown: filter, options, and the filter put aside while a line is seen in context. Begins
 * views, and asks where things are in them.
 */
export class ViewController {
  readonly #ports: ViewPorts;
  #filter: Filter;
  #options: ViewOptions;
  #generation = 0;
  /** The place in the filtered view to come back to, while its filter is put aside. */
  #aside: Place | undefined;
  #near: Place | null = null;
  #request = 0;
  #waiting: { readonly request: number; readonly then: (found: Found) => void } | undefined;

  constructor(ports: ViewPorts, filter: Filter, options: ViewOptions) {
    this.#ports = ports;
    this.#filter = filter;
    this.#options = options;
  }

  get generation(): number {
    return this.#generation;
  }

  /** The filter as the reader made it, put aside or not. */
  get filter(): Filter {
    return this.#filter;
  }

  get options(): ViewOptions {
    return this.#options;
  }

  get isInContext(): boolean {
    return this.#aside !== undefined;
  }

  /** Whether what is shown is less than everything. */
  get hides(): boolean {
    return this.#aside === undefined && restricts(this.#filter);
  }

  setFilter(filter: Filter, near: Place | null): void {
    this.#filter = filter;
    this.#aside = undefined;
    this.begin(near);
    this.#ports.changed();
  }

  setOptions(options: ViewOptions, near: Place | null): void {
    this.#options = options;
    this.begin(near);
    this.#ports.changed();
  }

  /** Folds an entry, or unfolds it, by its first row. */
  toggleFold(row: number, near: Place | null): void {
    const toggled = this.#options.toggled ?? [];
    const next = toggled.includes(row) ? toggled.filter((each) => each !== row) : [...toggled, row];
    const { toggled: _, ...rest } = this.#options;
    this.setOptions(next.length > 0 ? { ...rest, toggled: next } : rest, near);
  }

  /** Puts the filter aside and shows a place among its neighbours. */
  seeInContext(place: Place): void {
    this.#aside = place;
    this.begin(place);
    this.#ports.changed();
  }

  /** The filter again, and the place in it. */
  backToFilter(): void {
    const place = this.#aside;
    if (place) {
      this.#aside = undefined;
      this.begin(place);
      this.#ports.changed();
    }
  }

  /** Begins a view anew; `near`: where the reader is, null: at the end. */
  begin(near: Place | null): void {
    this.#generation++;
    this.#near = near;
    this.#waiting = undefined;
    this.#ports.began(near);
    this.#ports.post({
      type: 'filter',
      generation: this.#generation,
      filter: this.#aside ? {} : this.#filter,
      options: this.#options,
      ...(near === null ? {} : { near: near.row }),
    });
  }

  takeExtent({ nearOrdinal }: ExtentMessage): void {
    if (this.#near && nearOrdinal !== null) {
      const { top } = this.#near;
      this.#near = null;
      this.#ports.showAt(nearOrdinal, top);
    }
  }

  /** Asks where something is; a later question makes an earlier one void. */
  seek(target: SeekTarget, then: (found: Found) => void): void {
    this.#request++;
    this.#waiting = { request: this.#request, then };
    this.#ports.post({ type: 'seek', request: this.#request, generation: this.#generation, target });
  }

  takePlace(found: Found): void {
    if (this.#waiting?.request === found.request) {
      const { then } = this.#waiting;
      this.#waiting = undefined;
      then(found);
    }
  }
}

/** Where a row stands; at the upper edge if it is not on screen. */
export function placeOf(row: Row | undefined, top: number | undefined): Place | null {
  return row ? { row: row.row, top: top ?? 0 } : null;
}
