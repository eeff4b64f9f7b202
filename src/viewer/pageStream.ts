import { systemClock } from '../base/clock';
import { Emitter } from '../base/emitter';
import { systemRandom } from '../base/random';
import { browserTransport } from '../client/browserTransport';
import { Connection } from '../client/connection';
import type { ConnectionStatus } from '../client/status';
import { CLOSE } from '../protocol/closeCodes';
import { WEBSOCKET_PATH } from '../protocol/version';
import { PatternMatching } from '../records/patternMatching';
import type { Filter } from '../store/filter';
import { readFilter } from '../store/readFilter';
import { texts } from '../text/viewerTexts';
import { LogIntake } from '../view/logIntake';
import { MemoryHost } from '../view/memoryHost';
import type { ViewerAction } from '../view/messages';
import { StoreHolder } from '../view/storeHolder';
import type { ViewerHost } from '../view/viewerHost';
import { NO_VIEWER_SETTINGS, type ViewerSettings } from '../view/viewerSettings';
import { pageClock } from './pageClock';
import { pageConnectionView } from './pageConnection';
import { exportFromPage } from './pageExport';
import { type PageStorage, pageStorage } from './pageStorage';
import { openPatternWorker } from './patternWorker';

/** What the page keeps of the stream, bytes: as the extension does by default. */
const BUFFER_BYTES = 256 * 1024 * 1024;
/** How many existing lines of each source come first; earlier ones come by scrolling up. */
const EXISTING_LINES = 5000;
/** After so many refusals in a row of a token that was accepted before, the person is asked for another one. */
const refusalsBeforeAsking = 3;

/** The page's own stream, from the server that served it: a connection, its store, and the viewer's host. */
export class PageStream {
  readonly host: ViewerHost;
  /** One thread for what is filtered and for what is drawn. */
  readonly patterns = new PatternMatching(openPatternWorker, systemClock);
  readonly #connection: Connection;
  readonly #intake = new LogIntake(BUFFER_BYTES, systemClock);
  readonly #storage: PageStorage;
  /** The person was asked for another token, or ticket, since the page was live. */
  #isAsked = false;
  readonly #tokenWanted = new Emitter<boolean>();
  /** The server wants a token; true: it did not accept the one it was shown. */
  readonly onTokenWanted = this.#tokenWanted.event;
  readonly #ticketWanted = new Emitter<void>();
  /** The token that the page got for its ticket is not accepted any more: the server was started anew. */
  readonly onTicketWanted = this.#ticketWanted.event;
  readonly #letIn = new Emitter<void>();
  /** The server has let the page in: what was asked for is not wanted any more. */
  readonly onLetIn = this.#letIn.event;

  constructor({ href }: Pick<Location, 'href'>, storage: Storage) {
    this.#storage = pageStorage(storage);
    this.#connection = new Connection(
      {
        name: texts.viewer.page.connectionName,
        url: streamUrl(href),
        lines: EXISTING_LINES,
        token: this.#storage.load('token'),
      },
      {
        clock: systemClock,
        random: systemRandom,
        transport: browserTransport,
        memory: {
          load: () => this.#storage.load('learned'),
          save: (json) => this.#storage.save('learned', json),
        },
      },
    );
    const host = new MemoryHost({
      load: () => readJson(this.#storage.load('viewer')),
      save: (state) => this.#storage.save('viewer', JSON.stringify(state)),
    });
    this.host = host;
    const holder = new StoreHolder({
      intake: this.#intake,
      clock: pageClock,
      post: (message) => host.tell(message),
      connection: pageConnectionView(this.#connection.status),
      onAction: (action) => this.#act(action),
      onHistory: (lines) => void this.#loadHistory(lines),
      settings: this.#settings(),
      patterns: this.patterns,
      onExport: (message, content) => void exportFromPage(message, content),
      onSaveFilter: (name, filter) => {
        this.#saveFilter(name, filter);
        holder.setSettings(this.#settings());
      },
    });
    host.onViewerMessage((message) => holder.receive(message));
    this.#connect(holder);
  }

  connect(): void {
    this.#connection.connect();
  }

  /** Whether it has a token to show, right or wrong. */
  get hasToken(): boolean {
    return this.#storage.load('token') !== undefined;
  }

  /** Connects with a token, and keeps that until the tab is closed, and where it comes from. */
  connectWith(token: string, origin: 'typed' | 'ticket'): void {
    this.#storage.save('token', token);
    this.#storage.save('tokenOrigin', origin);
    this.#connection.update({ token });
    this.#connection.connect();
  }

  #connect(holder: StoreHolder): void {
    const connection = this.#connection;
    const intake = this.#intake;
    connection.onLines((frame) => intake.takeLines(frame));
    connection.onGap((gap) => intake.takeGap(gap));
    connection.onSource((source) => intake.takeSource(source));
    connection.onSourceEvent((event) => intake.takeEvent(event));
    connection.onNotice((notice) => intake.takeNotice(notice));
    connection.onHeartbeat((heartbeat) => holder.noteHeartbeat(heartbeat));
    connection.onDidChangeStatus((status) => holder.setConnection(pageConnectionView(status)));
    connection.onDidEnterState((status) => this.#entered(status));
    window.addEventListener('online', () => connection.networkChanged());
    document.addEventListener('visibilitychange', () => connection.setFocused(!document.hidden));
    connection.setFocused(!document.hidden);
  }

  /** The token may be a wrong one: says so once, until the page was live again. */
  #entered({ state, code, attempt }: ConnectionStatus): void {
    if (state === 'replaying') {
      // The server has welcomed it. It may take long until the existing lines are there.
      this.#letIn.fire();
    } else if (state === 'live') {
      this.#isAsked = false;
    }
    const isTicket = this.#storage.load('tokenOrigin') === 'ticket';
    // One of a ticket is as good as the server's run; one that was typed may be right again in a moment.
    const isWrong = state === 'failed' || (state === 'waiting' && (isTicket || attempt >= refusalsBeforeAsking));
    if (code !== CLOSE.forbidden.code || !isWrong || (this.#isAsked && state === 'waiting')) {
      return;
    }
    this.#isAsked = true;
    if (isTicket) {
      this.#ticketWanted.fire();
    } else {
      this.#tokenWanted.fire(this.hasToken);
    }
  }

  #act(action: ViewerAction): void {
    switch (action) {
      case 'connect':
        this.#connection.connect();
        break;
      case 'disconnect':
        this.#connection.disconnect();
        break;
      case 'reconnectNow':
        this.#connection.reconnectNow();
        break;
      case 'runAgain':
        this.#connection.runAgain();
        break;
      case 'clear':
        this.#intake.clear();
        break;
    }
  }

  /** A page's only settings are the filters that were saved in it. */
  #settings(): ViewerSettings {
    const saved = readJson(this.#storage.load('filters'));
    const filters = (Array.isArray(saved) ? saved : []).flatMap(
      (entry: { name?: unknown; filter?: unknown } | null) => {
        const filter = readFilter(entry?.filter);
        return typeof entry?.name === 'string' && filter ? [{ name: entry.name, filter }] : [];
      },
    );
    return { ...NO_VIEWER_SETTINGS, filters };
  }

  #saveFilter(name: string, filter: Filter): void {
    const others = this.#settings().filters.filter((saved) => saved.name !== name);
    this.#storage.save('filters', JSON.stringify([...others, { name, filter }]));
  }

  async #loadHistory(lines: number): Promise<void> {
    await Promise.all(
      this.#intake.sourcesWithHistory.map(async (source) => {
        const { frames, complete } = await this.#connection.requestHistory(source, lines);
        this.#intake.takeHistory(source, frames, complete);
      }),
    );
  }
}

/** The stream beside the page: a tunnel may put both under a path. */
function streamUrl(page: string): string {
  const url = new URL(`.${WEBSOCKET_PATH}`, page);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.search = '';
  return url.href;
}

function readJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
