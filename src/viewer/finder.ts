import { texts } from '../text/viewerTexts';
import type { Row, SeekTarget } from '../view/messages';
import type { ViewerHost } from '../view/viewerHost';
import type { ListView } from './list/listView';
import { Navigator } from './navigator';
import type { SearchWidget } from './search/searchWidget';
import type { ViewController } from './viewController';

export type Direction = 'next' | 'previous';

export interface FinderParts {
  readonly host: Pick<ViewerHost, 'post'>;
  readonly list: ListView;
  readonly view: ViewController;
  readonly search: SearchWidget;
  /** Stops following: what was found must not scroll away. */
  pause(): void;
  say(text: string): void;
}

/** Goes to what a person looks for: hits, errors, bookmarks, a time, a line among its neighbours. */
export class Finder {
  readonly #parts: FinderParts;
  readonly #navigator: Navigator;
  /** Bookmarked rows of the store, ascending. */
  #bookmarks: readonly number[] = [];

  constructor(parts: FinderParts) {
    this.#parts = parts;
    this.#navigator = new Navigator(parts.list);
  }

  /** Another view: its rows are numbered anew. */
  begin(): void {
    this.#navigator.begin();
  }

  takeBookmarks(rows: readonly number[]): void {
    this.#bookmarks = rows;
    this.#parts.list.setContext({ bookmarks: new Set(rows) });
  }

  toggleBookmark({ row }: Row): void {
    const { host, say } = this.#parts;
    const set = !this.#bookmarks.includes(row);
    host.post({ type: 'bookmark', row, set });
    say(set ? texts.finding.told.bookmarked : texts.finding.told.bookmarkRemoved);
  }

  goToBookmark(direction: Direction): void {
    const target = this.#navigator.bookmark(this.#bookmarks, direction);
    if (target) {
      this.#seek(target);
    } else {
      this.#parts.say(texts.finding.told.noBookmark);
    }
  }

  /** The next hit of the search; opens the search where there is none. */
  goToHit(direction: Direction, selectedText: string): void {
    const { search } = this.#parts;
    if (!search.isOpen) {
      search.open(selectedText);
      return;
    }
    const target = { kind: 'hit', direction, from: this.#navigator.from(direction) } as const;
    this.#seek(target, undefined, (index) => search.showIndex(index));
  }

  goToError(direction: Direction): void {
    const target = {
      kind: 'level',
      levels: ['error', 'fatal'],
      direction,
      from: this.#navigator.from(direction),
    } as const;
    this.#seek(target, texts.finding.told.noError);
  }

  /** `time`: ms since the Unix epoch. */
  goToTime(time: number): void {
    this.#seek({ kind: 'time', time });
  }

  /** Puts the filter aside and shows the line among its neighbours; a second time leads back. */
  seeInContext(current: Row | undefined): void {
    const { view, list, pause, say } = this.#parts;
    if (view.isInContext) {
      view.backToFilter();
    } else if (!view.hides) {
      say(texts.finding.context.noFilter);
    } else if (current) {
      pause();
      view.seeInContext({ row: current.row, top: list.topOf(current.ordinal) ?? 0 });
    }
  }

  /** Goes to what is looked for; `nothing` is said where there is none. */
  #seek(target: SeekTarget, nothing?: string, found?: (index: number | undefined) => void): void {
    const { view, pause, say } = this.#parts;
    view.seek(target, ({ ordinal, index }) => {
      if (ordinal !== null) {
        pause();
        this.#navigator.goTo(ordinal);
        found?.(index);
      } else if (nothing !== undefined) {
        say(nothing);
      }
    });
  }
}
