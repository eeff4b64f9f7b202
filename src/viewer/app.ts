import { type Clock, systemClock } from '../base/clock';
import { type Disposable, DisposableStore } from '../base/disposable';
import type { Filter } from '../store/filter';
import { texts } from '../text/texts';
import type { ConnectionView, ExtentMessage, HolderMessage } from '../view/messages';
import type { ViewerHost } from '../view/viewerHost';
import { element, setText } from './dom';
import { EmptyState } from './emptyState';
import { FOLLOWING, type FollowEvent, type FollowState, followReducer } from './follow';
import { logHeartbeat } from './heartbeatConsole';
import { type KeyAction, listenToKeys } from './keyboard';
import { ListView } from './list/listView';
import { listen } from './listen';
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
  #request = 0;
  #historyAsked = false;
  #waitsForNear = false;
  #saveTimer: Disposable | undefined;

  constructor(host: ViewerHost, parent: HTMLElement, clock: Clock = systemClock) {
    this.#host = host;
    this.#clock = clock;
    this.#state = readViewerState(host.loadState());
    this.#list = this.#held.add(
      new ListView(
        {
          scrolled: (scroll) => this.#setFollow({ type: 'scrolled', ...scroll, end: this.#end }),
          reachedStart: () => this.#askForHistory(),
          ask: (from, to) => this.#ask(from, to),
        },
        clock,
      ),
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
    this.#held.add(listen(document, 'selectionchange', () => this.#selected()));
    this.#held.add(
      listen(document, 'visibilitychange', () => host.post({ type: 'visible', visible: !document.hidden })),
    );
    this.#held.add(host.onMessage((message) => this.#take(message)));
    this.#begin(this.#state.topRow);
    host.post({ type: 'ready' });
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
        this.#list.setContext({ sources: message.sources });
        break;
      case 'extent':
        if (message.generation === this.#generation) {
          this.#takeExtent(message);
        }
        break;
      case 'rows':
        this.#list.takeRows(message.request, message.rows);
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
        this.#setFollow({ type: 'cleared' });
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
    this.#list.setExtent(extent);
    if (this.#waitsForNear && extent.nearOrdinal !== null) {
      this.#waitsForNear = false;
      this.#list.showAt(extent.nearOrdinal);
    }
    this.#setFollow({ type: 'grown', end: extent.end });
    this.#toolbar.showCounts(extent.levelCounts);
    this.#toolbar.showProblem(extent.filterError);
    this.#status.showExtent(extent, filters(this.#state.filter));
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
        this.#list.scrollBy('row', 'up');
        break;
      case 'rowDown':
        this.#list.scrollBy('row', 'down');
        break;
      case 'pageUp':
        this.#list.scrollBy('page', 'up');
        break;
      case 'pageDown':
        this.#list.scrollBy('page', 'down');
        break;
      case 'start':
        this.#list.scrollBy('all', 'up');
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

  #selected(): void {
    const selection = document.getSelection();
    if (selection !== null && !selection.isCollapsed && this.#list.contains(selection.anchorNode)) {
      // What somebody is about to copy must not be scrolled away.
      this.#setFollow({ type: 'paused', end: this.#end });
    }
  }

  #resume(): void {
    this.#setFollow({ type: 'resumed' });
  }

  #toggleFollow(): void {
    this.#setFollow(this.#follow.mode === 'following' ? { type: 'paused', end: this.#end } : { type: 'resumed' });
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
    const near = this.#follow.mode === 'paused' ? (this.#list.topRow?.row ?? null) : null;
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
    this.#list.begin();
    this.#setFollow(near === null ? { type: 'refiltered' } : { type: 'paused', end: 0 });
    this.#setFollow({ type: 'refiltered' });
    this.#host.post({
      type: 'filter',
      generation: this.#generation,
      filter: this.#state.filter,
      ...(near === null ? {} : { near }),
    });
  }

  #ask(from: number, to: number): number {
    this.#request++;
    this.#host.post({ type: 'rows', request: this.#request, generation: this.#generation, from, to });
    return this.#request;
  }

  #setFollow(event: FollowEvent): void {
    const before = this.#follow;
    this.#follow = followReducer(before, event);
    const follows = this.#follow.mode === 'following';
    this.#list.setFollows(follows);
    this.#toolbar.showFollows(follows);
    this.#banner.show(this.#follow.mode === 'paused' ? this.#follow.newRows : null);
    if (before.mode !== this.#follow.mode || event.type === 'scrolled') {
      this.#saveSoon();
    }
  }

  get #end(): number {
    return this.#extent?.end ?? 0;
  }

  #showSettings(): void {
    const { wraps, times } = this.#state;
    this.#toolbar.showWraps(wraps);
    this.#toolbar.showTimes(times);
    this.#list.setWraps(wraps);
    this.#list.setTimes(times);
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
      const topRow = this.#follow.mode === 'paused' ? (this.#list.topRow?.row ?? null) : null;
      this.#state = { ...this.#state, topRow };
      this.#host.saveState(this.#state);
    });
  }
}
