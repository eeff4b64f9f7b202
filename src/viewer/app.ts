import { type Clock, systemClock } from '../base/clock';
import { type Disposable, DisposableStore } from '../base/disposable';
import { compileFormats } from '../records/customFormat';
import type { LinkTarget } from '../records/links';
import type { PatternMatching } from '../records/patternMatching';
import type { Filter } from '../store/filter';
import { texts } from '../text/viewerTexts';
import type { ConnectionView, ExtentMessage, HolderMessage, Row } from '../view/messages';
import { ToldSources } from '../view/toldSources';
import type { ViewerHost } from '../view/viewerHost';
import { NO_VIEWER_SETTINGS, type ViewerSettings } from '../view/viewerSettings';
import { Announcer } from './announcer';
import { ContextBanner } from './contextBanner';
import { EntryDetails } from './detail/entryDetails';
import { element } from './dom';
import { EmptyState } from './emptyState';
import { ClearedRows } from './filter/clearedRows';
import { FilterBar } from './filter/filterBar';
import { without, withTerms } from './filter/filterTerms';
import { Finder } from './finder';
import { FOLLOWING, type FollowEvent, type FollowState, followReducer } from './follow';
import { logHeartbeat } from './heartbeatConsole';
import { openHelp } from './helpOverlay';
import { HiddenArrivals } from './hiddenArrivals';
import { HistogramView } from './histogram/histogramView';
import { HistoryAsking } from './historyAsking';
import { listenToKeys, type ViewerKey } from './keyboard';
import { ListView } from './list/listView';
import { listen } from './listen';
import { PartialLine } from './partialLine';
import { PauseBanner } from './pauseBanner';
import { RowMarking } from './rows/rowMarking';
import { SavedState } from './savedState';
import { SearchWidget } from './search/searchWidget';
import { StatusStrip } from './statusStrip';
import { Toolbar } from './toolbar';
import { type Place, placeOf, ViewController } from './viewController';
import { TIME_MODES, type TimeMode, type ViewerState } from './viewerState';
import { openExportMenu, openViewMenu } from './viewMenus';

/** Earlier lines asked for when the reader reaches the first row. */
const HISTORY_LINES = 2000;

type OpenPlace = Extract<LinkTarget, { kind: 'file' }>;

/** The viewer: wires its parts to each other and to the host. It is the same in the panel and in the page. */
export class ViewerApp implements Disposable {
  readonly #host: ViewerHost;
  readonly #held = new DisposableStore();
  readonly #saved: SavedState;
  readonly #list: ListView;
  readonly #filter: FilterBar;
  readonly #toolbar: Toolbar;
  readonly #view: ViewController;
  readonly #finder: Finder;
  readonly #search: SearchWidget;
  readonly #histogram: HistogramView;
  readonly #marking: RowMarking;
  readonly #details: EntryDetails;
  readonly #context: ContextBanner;
  readonly #status: StatusStrip;
  readonly #banner: PauseBanner;
  readonly #empty: EmptyState;
  readonly #partial = new PartialLine();
  readonly #announcer: Announcer;
  #settings: ViewerSettings = NO_VIEWER_SETTINGS;
  #follow: FollowState = FOLLOWING;
  #extent: ExtentMessage | undefined;
  #connection: ConnectionView | undefined;
  readonly #sources = new ToldSources();
  #request = 0;
  #searchNumber = 0;
  #lastMark: number | null = null;
  readonly #cleared = new ClearedRows();
  readonly #hiddenArrivals = new HiddenArrivals();
  /** What the empty list says of the lines that come; null where it has nothing to say. */
  #arriving: string | null = null;
  readonly #historyAsking: HistoryAsking;
  #announcesFilter = false;

  /** @param patterns matches a person's patterns that may take long; without it they mark nothing in long lines. */
  constructor(host: ViewerHost, parent: HTMLElement, patterns?: PatternMatching, clock: Clock = systemClock) {
    this.#host = host;
    this.#historyAsking = new HistoryAsking(clock);
    this.#saved = this.#held.add(
      new SavedState(host, clock, () => (this.#follow.mode === 'paused' ? (this.#list.topRow?.row ?? null) : null)),
    );
    const say = (text: string): void => this.#announcer.say(text);
    this.#announcer = this.#held.add(new Announcer(clock));
    this.#list = this.#held.add(
      new ListView(
        {
          scrolled: (scroll) => this.#setFollow({ type: 'scrolled', ...scroll }),
          reachedStart: () => this.#askForHistory(),
          ask: (from, to) => this.#ask(from, to),
          askEntry: (row) => this.#askEntry(row),
          toggledFold: (row) => this.#toggleFold(row),
          toggledBookmark: (row) => this.#finder.toggleBookmark(row),
          activated: (row, wantsDetails) => this.#activated(row, wantsDetails),
          said: say,
        },
        clock,
      ),
    );
    this.#view = new ViewController(
      {
        post: (message) => host.post(message),
        began: (near) => this.#began(near),
        showAt: (ordinal, top) => this.#list.showAt(ordinal, top),
        changed: () => this.#viewChanged(),
      },
      this.#saved.current.filter,
      this.#saved.current.options,
    );
    this.#filter = new FilterBar({
      filterChanged: (filter) => this.#setFilter(filter),
      save: (name, filter) => host.post({ type: 'saveFilter', name, filter }),
      say,
    });
    this.#toolbar = new Toolbar(this.#filter, {
      toggleWrap: () => this.#key('wrap'),
      toggleHistogram: () => this.#key('histogram'),
      toggleFollow: () => this.#key('togglePause'),
      clear: () => this.#key('clear'),
      find: () => this.#key('find'),
      openViewMenu: (anchor) =>
        openViewMenu(anchor, this.#saved.current, {
          act: (key) => this.#key(key),
          setTimeMode: (timeMode) => this.#change({ timeMode }),
          post: (message) => host.post(message),
        }),
      openExportMenu: (anchor) => openExportMenu(anchor, (message) => host.post(message)),
    });
    this.#search = new SearchWidget({
      changed: (query) => {
        this.#searchNumber++;
        this.#list.setMarks([]);
        this.#marking.setSearch(query);
        host.post({ type: 'search', search: this.#searchNumber, query });
        this.#change({ search: query });
      },
      go: (direction) => this.#finder.goToHit(direction, ''),
      closed: () => this.#list.focus(),
      say,
    });
    this.#finder = new Finder({
      host,
      list: this.#list,
      view: this.#view,
      search: this.#search,
      pause: () => this.#pause(),
      say,
    });
    this.#histogram = this.#held.add(
      new HistogramView(clock, {
        go: (time) => this.#finder.goToTime(time),
        select: (range) => this.#setFilter({ ...this.#view.filter, ...range }),
      }),
    );
    this.#marking = this.#held.add(
      new RowMarking(
        {
          changed: (marks) => this.#list.setContext({ marks }),
          stoppedHighlight: (name, fault) => host.post({ type: 'stoppedHighlight', name, fault }),
        },
        patterns,
        clock,
      ),
    );
    this.#details = new EntryDetails({
      askEntry: (row) => this.#askEntry(row),
      addTerm: (term) => this.#setFilter(withTerms(this.#view.filter, (all) => [...all, term])),
      toggleColumn: (path) => this.#toggleColumn(path),
      resized: (detailHeight) => this.#change({ detailHeight }),
      closed: () => this.#list.focus(),
      say,
    });
    this.#context = new ContextBanner(() => this.#key('seeInContext'));
    this.#banner = new PauseBanner(() => this.#setFollow({ type: 'resumed' }));
    this.#status = this.#held.add(
      new StatusStrip(clock, (action) => host.post({ type: 'action', action }), this.#banner.element),
    );
    this.#empty = new EmptyState({
      showAll: () => this.#filter.clear(),
      action: (action) => host.post({ type: 'action', action }),
    });
    const listArea = element(
      'div',
      { class: 'list-area' },
      this.#list.element,
      this.#empty.element,
      this.#search.element,
    );
    parent.append(
      element(
        'main',
        { class: 'viewer' },
        element('h1', { class: 'visually-hidden' }, texts.viewer.toolbar.label),
        this.#toolbar.element,
        this.#histogram.element,
        this.#context.element,
        listArea,
        this.#details.element,
        this.#partial.element,
        this.#status.element,
      ),
      this.#announcer.element,
    );
    this.#filter.show(this.#saved.current.filter);
    this.#marking.setFilter(this.#saved.current.filter);
    this.#details.setHeight(this.#saved.current.detailHeight);
    this.#showSettings();
    this.#showFormats();
    this.#held.add(listenToKeys(document, (key) => this.#key(key)));
    this.#held.add(listen(document, 'selectionchange', () => this.#selected()));
    this.#held.add(
      listen(document, 'visibilitychange', () => host.post({ type: 'visible', visible: !document.hidden })),
    );
    this.#held.add(host.onMessage((message) => this.#take(message)));
    const { topRow, search } = this.#saved.current;
    // Whoever holds the store may have counted for a viewer that is gone.
    if (topRow === null) {
      host.post({ type: 'pause', paused: false });
    }
    this.#view.begin(topRow === null ? null : { row: topRow, top: 0 });
    host.post({ type: 'ready' });
    if (this.#saved.current.histogram) {
      host.post({ type: 'histogram', shown: true });
    }
    if (search) {
      this.#search.restore(search);
    }
  }

  dispose(): void {
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
        this.#sources.take(message);
        this.#showSources();
        break;
      case 'extent':
        if (message.generation === this.#view.generation) {
          this.#takeExtent(message);
        }
        break;
      case 'rows':
        this.#list.takeRows(message.request, message.rows);
        break;
      case 'partial':
        this.#partial.show(message.source, message.text);
        break;
      case 'heartbeat':
        logHeartbeat(message);
        break;
      case 'search':
        if (message.search === this.#searchNumber) {
          this.#list.setMarks(message.marks);
          this.#search.show(message);
        }
        break;
      case 'place':
        this.#view.takePlace(message);
        break;
      case 'entry':
        if (!this.#list.takeEntry(message.request, message.rows)) {
          this.#details.takeEntry(message);
        }
        break;
      case 'histogram':
        if (message.generation === this.#view.generation) {
          this.#histogram.show(message);
        }
        break;
      case 'bookmarks':
        this.#finder.takeBookmarks(message.rows);
        this.#lastMark = message.lastMark ?? null;
        break;
      case 'settings':
        this.#filter.showSaved(message.settings.filters);
        this.#marking.setHighlights(message.settings.highlights);
        this.#settings = message.settings;
        this.#showFormats();
        break;
      case 'command':
        this.#key(message.command);
        break;
      case 'cleared':
        this.#partial.clear();
        this.#cleared.forget();
        this.#setFollow({ type: 'cleared' });
        this.#setFilter(without(this.#view.filter, 'fromRow'));
        break;
    }
  }

  #showSources(): void {
    const sources = this.#sources.all;
    this.#list.setContext({ sources });
    this.#details.setContext({ sources });
    this.#filter.showSources(sources);
  }

  #takeExtent(extent: ExtentMessage): void {
    const previous = this.#extent;
    this.#extent = extent;
    if (!previous || extent.first < previous.first || !extent.hasHistory) {
      this.#historyAsking.answered();
    }
    this.#list.setExtent(extent);
    this.#view.takeExtent(extent);
    this.#setFollow({ type: 'grown', missed: extent.missed });
    this.#filter.showCounts(extent.levelCounts);
    this.#filter.showProblem(extent.filterError);
    this.#status.showExtent(extent, this.#view.hides);
    if (this.#announcesFilter && extent.scanned === 1) {
      this.#announcesFilter = false;
      this.#announcer.say(extent.filterError ?? texts.finding.filter.matches(extent.matchedLines));
    }
    this.#showEmpty();
  }

  // --- what a person does ---------------------------------------------------------------------------

  #key(key: ViewerKey): boolean {
    const { options } = this.#view;
    switch (key) {
      case 'rowUp':
      case 'rowDown':
      case 'selectUp':
      case 'selectDown':
        if (this.#list.activeRow) {
          this.#pause();
        }
        this.#list.step(
          key === 'rowUp' || key === 'selectUp' ? 'up' : 'down',
          key === 'selectUp' || key === 'selectDown',
        );
        break;
      case 'selectAll':
        this.#list.selectAll();
        break;
      case 'details':
        return this.#openDetails();
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
        this.#setFollow({ type: 'resumed' });
        break;
      case 'togglePause':
        this.#setFollow(this.#follow.mode === 'following' ? { type: 'paused' } : { type: 'resumed' });
        break;
      case 'filter':
        this.#filter.focus();
        break;
      case 'find':
        this.#search.open(this.#selectedText);
        break;
      case 'nextHit':
      case 'previousHit':
        this.#finder.goToHit(key === 'nextHit' ? 'next' : 'previous', this.#selectedText);
        break;
      case 'escape':
        this.#escape();
        break;
      case 'caseSensitive':
      case 'wholeWord':
      case 'regularExpression':
        (this.#search.isFocused ? this.#search : this.#filter).toggle(key);
        break;
      case 'wrap':
        this.#change({ wraps: !this.#saved.current.wraps });
        break;
      case 'times':
        this.#change({ timeMode: nextTimeMode(this.#saved.current.timeMode) });
        break;
      case 'histogram':
        this.#change({ histogram: !this.#saved.current.histogram });
        this.#host.post({ type: 'histogram', shown: this.#saved.current.histogram });
        break;
      case 'fold':
        this.#toggleFold();
        break;
      case 'foldAll':
        this.#view.setOptions(
          {
            ...(options.folded ? {} : { folded: true }),
            ...(options.collapseRepeats ? { collapseRepeats: true } : {}),
          },
          this.#reader,
        );
        break;
      case 'collapseRepeats': {
        const { collapseRepeats, ...rest } = options;
        this.#view.setOptions(collapseRepeats ? rest : { ...rest, collapseRepeats: true }, this.#reader);
        break;
      }
      case 'mark':
        this.#host.post({ type: 'mark' });
        break;
      case 'sinceLastMark':
        this.#sinceLastMark();
        break;
      case 'clear':
        this.#host.post({ type: 'action', action: 'clear' });
        break;
      case 'clearFromHere':
        this.#hideBefore(this.#current?.row);
        break;
      case 'undoClear':
        this.#undoClear();
        break;
      case 'bookmark':
        this.#toggleBookmark();
        break;
      case 'nextBookmark':
      case 'previousBookmark':
        this.#finder.goToBookmark(key === 'nextBookmark' ? 'next' : 'previous');
        break;
      case 'nextError':
      case 'previousError':
        this.#finder.goToError(key === 'nextError' ? 'next' : 'previous');
        break;
      case 'seeInContext':
        this.#finder.seeInContext(this.#current);
        break;
      case 'export':
        openExportMenu(this.#toolbar.exportMenu, (message) => this.#host.post(message));
        break;
      case 'saveFilter':
        this.#filter.saveAs();
        break;
      case 'help':
        openHelp(document.body);
        break;
    }
    return true;
  }

  #escape(): void {
    if (this.#details.isOpen && !this.#filter.isFocused && !this.#search.isFocused) {
      this.#details.close();
    } else if (this.#view.isInContext) {
      this.#view.backToFilter();
    } else if (this.#search.isOpen && !this.#filter.isFocused) {
      this.#search.close();
    } else if (this.#view.hides || this.#filter.isFocused) {
      this.#filter.clear();
      this.#list.focus();
    }
  }

  #toggleFold(row = this.#current): void {
    if (row) {
      this.#view.toggleFold(row.row, placeOf(row, this.#list.topOf(row.ordinal)));
    }
  }

  #toggleBookmark(): void {
    const row = this.#current;
    if (row) {
      this.#finder.toggleBookmark(row);
    }
  }

  #sinceLastMark(): void {
    if (this.#lastMark === null) {
      this.#announcer.say(texts.finding.told.noMark);
    } else if (this.#view.filter.fromRow === this.#lastMark) {
      this.#undoClear();
    } else {
      this.#hideBefore(this.#lastMark);
    }
  }

  #hideBefore(fromRow: number | undefined): void {
    if (fromRow !== undefined) {
      this.#setFilter(this.#cleared.clearTo(this.#view.filter, fromRow));
    }
  }

  #undoClear(): void {
    this.#setFilter(this.#cleared.undo(this.#view.filter));
  }

  #activated(row: Row, wantsDetails: boolean): void {
    this.#pause();
    if (wantsDetails || this.#details.isOpen) {
      this.#details.open(row);
    }
  }

  /** The entry in focus in the detail pane. A button or a link that has the focus keeps the key. */
  #openDetails(): boolean {
    const focused = document.activeElement;
    const row = this.#current;
    const isFree = focused === null || focused === document.body || this.#list.isFocused;
    if (!isFree || !row || row.notice !== undefined) {
      return false;
    }
    this.#list.reveal(row.ordinal);
    this.#activated(row, true);
    return true;
  }

  #toggleColumn(path: string): void {
    const columns = this.#columns;
    this.#change({
      columns: columns.includes(path) ? columns.filter((each) => each !== path) : [...columns, path],
    });
    this.#showFormats();
  }

  get #columns(): readonly string[] {
    return this.#saved.current.columns ?? this.#settings.columns;
  }

  /** How lines are read: formats and columns, for rows and details alike. */
  #showFormats(): void {
    const { formats } = compileFormats(this.#settings.formats);
    const openFile = this.#host.canOpenFiles
      ? (place: OpenPlace) =>
          this.#host.post({
            type: 'openFile',
            path: place.path,
            ...(place.line === undefined ? {} : { line: place.line }),
            ...(place.column === undefined ? {} : { column: place.column }),
          })
      : null;
    this.#list.setContext({ formats, columns: this.#columns, openFile });
    this.#details.setContext({ formats, opener: { openFile } });
  }

  #selected(): void {
    const selection = document.getSelection();
    if (selection !== null && !selection.isCollapsed && this.#list.contains(selection.anchorNode)) {
      // What somebody is about to copy must not be scrolled away.
      this.#pause();
    }
  }

  /** What is selected in the rows, if it is of one line: the editor searches for that, too. */
  get #selectedText(): string {
    const selection = document.getSelection();
    const text = selection && this.#list.contains(selection.anchorNode) ? selection.toString() : '';
    return text.includes('\n') ? '' : text;
  }

  #setFilter(filter: Filter): void {
    this.#announcesFilter = true;
    this.#view.setFilter(filter, this.#reader);
  }

  #askForHistory(): void {
    if (this.#extent?.hasHistory && this.#historyAsking.take()) {
      this.#host.post({ type: 'history', lines: HISTORY_LINES });
    }
  }

  // --- state ----------------------------------------------------------------------------------------

  /** Where the reader is; null while the list follows the end. */
  get #reader(): Place | null {
    const { topRow } = this.#list;
    return this.#follow.mode === 'paused' ? placeOf(topRow, topRow && this.#list.topOf(topRow.ordinal)) : null;
  }

  /** The row that keys act on: the one in focus or gone to, or the one at the upper edge. */
  get #current(): Row | undefined {
    return this.#list.activeRow ?? this.#list.topRow;
  }

  #began(near: Place | null): void {
    this.#extent = undefined;
    this.#historyAsking.answered();
    this.#list.begin();
    this.#finder.begin();
    this.#histogram.begin();
    this.#hiddenArrivals.begin();
    if (near !== null) {
      this.#pause();
    }
  }

  #viewChanged(): void {
    const { filter, options, isInContext } = this.#view;
    this.#filter.show(filter);
    this.#marking.setFilter(filter);
    this.#filter.showSuspended(isInContext);
    this.#context.show(isInContext);
    this.#change({ filter, options });
  }

  #ask(from: number, to: number): number {
    this.#request++;
    this.#host.post({ type: 'rows', request: this.#request, generation: this.#view.generation, from, to });
    return this.#request;
  }

  #askEntry(row: number): number {
    this.#request++;
    this.#host.post({ type: 'entry', request: this.#request, row });
    return this.#request;
  }

  #setFollow(event: FollowEvent): void {
    const before = this.#follow;
    this.#follow = followReducer(before, event);
    const follows = this.#follow.mode === 'following';
    this.#list.setFollows(follows);
    this.#toolbar.showFollows(follows);
    this.#showEmpty();
    if (before.mode !== this.#follow.mode) {
      const endRow = follows ? undefined : this.#extent?.endRow;
      this.#host.post({ type: 'pause', paused: !follows, ...(endRow === undefined ? {} : { endRow }) });
    }
    if (before.mode !== this.#follow.mode || event.type === 'scrolled') {
      this.#saved.saveSoon();
    }
  }

  #pause(): void {
    this.#setFollow({ type: 'paused' });
  }

  /** What came while paused, in the banner; that, or what the empty list hides, is spoken now and then. */
  #showMissed(): void {
    const missed = this.#follow.mode === 'paused' ? this.#follow.missed : null;
    const { hides } = this.#view;
    this.#banner.show(missed, hides);
    const hasMissed = missed !== null && missed.arrived > 0;
    this.#announcer.count(hasMissed ? texts.viewer.pause.banner(missed, hides) : this.#arriving);
  }

  #change(change: Partial<ViewerState>): void {
    this.#saved.change(change);
    // Typing in the filter must not lay out every row anew.
    if ('wraps' in change || 'timeMode' in change || 'histogram' in change) {
      this.#showSettings();
    }
  }

  #showSettings(): void {
    const { wraps, timeMode, histogram } = this.#saved.current;
    this.#toolbar.showWraps(wraps);
    this.#toolbar.showHistogram(histogram);
    this.#histogram.setShown(histogram);
    this.#list.setWraps(wraps);
    this.#list.setContext({ timeMode });
  }

  #showEmpty(): void {
    const sinceFilter = this.#extent ? this.#hiddenArrivals.take(this.#extent) : 0;
    const follow = this.#follow;
    // While paused, what is new is so since then: one number, here and in the banner.
    const sincePause = follow.mode === 'paused' && follow.missed.passed === 0 ? follow.missed.arrived : 0;
    const hidden = follow.mode === 'paused' ? sincePause : sinceFilter;
    this.#arriving = this.#empty.show(this.#connection, this.#extent, this.#view.hides, hidden);
    this.#showMissed();
  }
}

function nextTimeMode(mode: TimeMode): TimeMode {
  return TIME_MODES[(TIME_MODES.indexOf(mode) + 1) % TIME_MODES.length] as TimeMode;
}
