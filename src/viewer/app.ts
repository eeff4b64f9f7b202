import { type Clock, systemClock } from '../base/clock';
import { type Disposable, DisposableStore } from '../base/disposable';
import type { Filter } from '../store/filter';
import { texts } from '../text/texts';
import type { ConnectionView, ExtentMessage, HolderMessage, SourceInfo } from '../view/messages';
import type { ViewerHost } from '../view/viewerHost';
import { element, setText } from './dom';
import { EmptyState } from './emptyState';
import { FOLLOWING, type FollowEvent, type FollowState, newLines, nextFollowState } from './follow';
import { logHeartbeat } from './heartbeatConsole';
import { type KeyAction, listenToKeys } from './keyboard';
import { ListView } from './list/listView';
import { RowCache } from './list/rowCache';
import { PauseBanner } from './pauseBanner';
import { StatusStrip } from './statusStrip';
import { Toolbar } from './toolbar';
import { readViewerState, type ViewerState } from './viewerState';

/** Earlier lines asked for when the reader reaches the first row. */
const HISTORY_LINES = 2000;
/** The place of the reader is saved when scrolling has rested for so long, ms. */
const SAVE_MS = 300;

function filters(filter: Filter): boolean {
  return (filter.text ?? '') !== '' || filter.levels !== undefined || filter.sources !== undefined;
}

/** The viewer: wires its parts to each other and to the host. It is the same in the panel and in the page. */
export class ViewerApp implements Disposable {
  readonly #host: ViewerHost;
  readonly #clock: Clock;
  readonly #held = new DisposableStore();
  readonly #cache: RowCache;
  readonly #list: ListView;
  readonly #toolbar: Toolbar;
  readonly #status: StatusStrip;
  readonly #banner: PauseBanner;
  readonly #empty: EmptyState;
  readonly #partial: HTMLElement;
  readonly #partials = new Map<number, string>();
  #state: ViewerState;
  #follow: FollowState = FOLLOWING;
  #generation = 0;
  #extent: ExtentMessage | undefined;
  #connection: ConnectionView | undefined;
  #sources: readonly SourceInfo[] = [];
  #historyAsked = false;
  #waitsForNear = false;
  #saveTimer: Disposable | undefined;

  constructor(host: ViewerHost, parent: HTMLElement, clock: Clock = systemClock) {
    this.#host = host;
    this.#clock = clock;
    this.#state = readViewerState(host.loadState());
    this.#cache = new RowCache((message) => host.post(message));
    this.#list = this.#held.add(
      new ListView(this.#cache, {
        moved: (direction, atEnd) => this.#moved(direction, atEnd),
        reachedStart: () => this.#askForHistory(),
      }),
    );
    this.#toolbar = new Toolbar({
      filterChanged: (filter) => this.#setFilter(filter),
      toggleWrap: () => this.#toggleWrap(),
      toggleTimes: () => this.#toggleTimes(),
      toggleFollow: () => this.#toggleFollow(),
      clear: () => host.post({ type: 'action', action: 'clear' }),
    });
    this.#status = this.#held.add(new StatusStrip(clock, (action) => host.post({ type: 'action', action })));
    this.#banner = new PauseBanner(() => this.#resume());
    this.#empty = new EmptyState({
      showAll: () => this.#toolbar.clearFilter(),
      action: (action) => host.post({ type: 'action', action }),
    });
    this.#partial = element('div', { class: 'partial hidden' });
    parent.append(
      element(
        'main',
        { class: 'viewer' },
        this.#toolbar.element,
        element('div', { class: 'list-area' }, this.#list.element, this.#empty.element, this.#banner.element),
        this.#partial,
        this.#status.element,
      ),
    );
    this.#toolbar.showFilter(this.#state.filter);
    this.#showSettings();
    this.#held.add(listenToKeys(document, (action) => this.#key(action)));
    this.#held.add(host.onMessage((message) => this.#take(message)));
    this.#begin(this.#state.topRow);
    host.post({ type: 'ready' });
    this.#list.focus();
  }

  dispose(): void {
    this.#saveTimer?.dispose();
    this.#held.dispose();
  }

  // --- from the holder ------------------------------------------------------------------------------

  #take(message: HolderMessage): void {
    switch (message.type) {
      case 'connection':
        this.#connection = message.connection;
        this.#status.showConnection(message.connection);
        this.#showEmpty();
        break;
      case 'sources':
        this.#sources = message.sources;
        this.#list.setRowSettings({ times: this.#state.times, sources: message.sources });
        break;
      case 'extent':
        if (message.generation === this.#generation) {
          this.#takeExtent(message);
        }
        break;
      case 'rows':
        if (this.#cache.take(message.request, message.generation, message.rows)) {
          this.#list.rowsArrived();
        }
        break;
      case 'partial':
        this.#takePartial(message.source, message.text);
        break;
      case 'heartbeat':
        logHeartbeat(message);
        break;
      case 'cleared':
        this.#partials.clear();
        this.#showPartial();
        this.#setFollow({ kind: 'resume' });
        this.#begin(null);
        break;
    }
  }

  #takeExtent(extent: ExtentMessage): void {
    const previous = this.#extent;
    this.#extent = extent;
    if (!previous || extent.first < previous.first || !extent.hasHistory) {
      this.#historyAsked = false;
    }
    if (this.#waitsForNear && extent.nearOrdinal !== null) {
      this.#waitsForNear = false;
      this.#list.setBounds({ first: extent.first, end: extent.end });
      this.#list.showAt(extent.nearOrdinal);
    } else {
      this.#list.setBounds({ first: extent.first, end: extent.end });
    }
    this.#toolbar.showCounts(extent.levelCounts);
    this.#toolbar.showProblem(extent.filterError);
    this.#status.showExtent(extent, filters(this.#state.filter));
    this.#showBanner();
    this.#showEmpty();
  }

  #takePartial(source: number, text: string | null): void {
    if (text === null || text === '') {
      this.#partials.delete(source);
    } else {
      this.#partials.set(source, text);
    }
    this.#showPartial();
  }

  // --- what a person does ---------------------------------------------------------------------------

  #key(action: KeyAction): boolean {
    switch (action) {
      case 'rowUp':
        this.#list.moveBy('row', -1);
        break;
      case 'rowDown':
        this.#list.moveBy('row', 1);
        break;
      case 'pageUp':
        this.#list.moveBy('page', -1);
        break;
      case 'pageDown':
        this.#list.moveBy('page', 1);
        break;
      case 'start':
        this.#list.moveBy('all', -1);
        break;
      case 'resume':
        this.#resume();
        break;
      case 'togglePause':
        this.#toggleFollow();
        break;
      case 'filter':
        this.#toolbar.focusFilter();
        break;
      case 'escape':
        if (filters(this.#state.filter) || this.#toolbar.isFilterFocused) {
          this.#toolbar.clearFilter();
          this.#list.focus();
        }
        break;
      case 'caseSensitive':
      case 'wholeWord':
      case 'regularExpression':
        this.#toolbar.toggle(action);
        break;
      case 'wrap':
        this.#toggleWrap();
        break;
      case 'times':
        this.#toggleTimes();
        break;
      case 'clear':
        this.#host.post({ type: 'action', action: 'clear' });
        break;
    }
    return true;
  }

  #moved(direction: 'up' | 'down', atEnd: boolean): void {
    this.#setFollow(
      direction === 'up' ? { kind: 'movedUp', received: this.#received } : { kind: 'movedDown', atEnd },
    );
    this.#saveSoon();
  }

  #resume(): void {
    this.#setFollow({ kind: 'resume' });
    this.#saveSoon();
  }

  #toggleFollow(): void {
    this.#setFollow(this.#follow.kind === 'following' ? { kind: 'pause', received: this.#received } : { kind: 'resume' });
    this.#saveSoon();
  }

  #toggleWrap(): void {
    this.#state = { ...this.#state, wraps: !this.#state.wraps };
    this.#showSettings();
    this.#saveSoon();
  }

  #toggleTimes(): void {
    this.#state = { ...this.#state, times: !this.#state.times };
    this.#showSettings();
    this.#saveSoon();
  }

  #setFilter(filter: Filter): void {
    const near = this.#follow.kind === 'paused' ? (this.#list.topRow?.row ?? null) : null;
    this.#state = { ...this.#state, filter };
    this.#begin(near);
    this.#saveSoon();
  }

  #askForHistory(): void {
    if (this.#extent?.hasHistory && !this.#historyAsked) {
      this.#historyAsked = true;
      this.#host.post({ type: 'history', lines: HISTORY_LINES });
    }
  }

  // --- state ----------------------------------------------------------------------------------------

  /** Begins a view with the present filter; `near`: the store row the reader is at, null for the end. */
  #begin(near: number | null): void {
    this.#generation++;
    this.#extent = undefined;
    this.#historyAsked = false;
    this.#waitsForNear = near !== null;
    this.#cache.begin(this.#generation);
    this.#list.reset();
    if (near !== null) {
      this.#setFollow({ kind: 'pause', received: this.#received });
    }
    this.#list.setFollows(this.#follow.kind === 'following');
    this.#host.post({
      type: 'filter',
      generation: this.#generation,
      filter: this.#state.filter,
      ...(near === null ? {} : { near }),
    });
  }

  #setFollow(event: FollowEvent): void {
    this.#follow = nextFollowState(this.#follow, event);
    const follows = this.#follow.kind === 'following';
    this.#list.setFollows(follows);
    this.#toolbar.showFollows(follows);
    this.#showBanner();
  }

  get #received(): number {
    return this.#extent ? this.#extent.totalLines + this.#extent.droppedLines : 0;
  }

  #showSettings(): void {
    const { wraps, times } = this.#state;
    this.#toolbar.showWraps(wraps);
    this.#toolbar.showTimes(times);
    this.#toolbar.showFollows(this.#follow.kind === 'following');
    this.#list.setWraps(wraps);
    this.#list.setRowSettings({ times, sources: this.#sources });
  }

  #showBanner(): void {
    this.#banner.show(this.#follow.kind === 'paused' ? newLines(this.#follow, this.#received) : null);
  }

  #showEmpty(): void {
    this.#empty.show(this.#connection, this.#extent, filters(this.#state.filter));
  }

  #showPartial(): void {
    const text = [...this.#partials.values()].at(-1);
    this.#partial.classList.toggle('hidden', text === undefined);
    setText(this.#partial, text === undefined ? '' : texts.viewer.partial(text));
  }

  #saveSoon(): void {
    this.#saveTimer?.dispose();
    this.#saveTimer = this.#clock.schedule(SAVE_MS, () => {
      const topRow = this.#follow.kind === 'paused' ? (this.#list.topRow?.row ?? null) : null;
      this.#state = { ...this.#state, topRow };
      this.#host.saveState(this.#state);
    });
  }
}
