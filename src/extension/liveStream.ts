import { type Disposable, DisposableStore } from '../base/disposable';
import type { Event } from '../base/emitter';
import {
  Connection,
  type ConnectionEnvironment,
  type ConnectionNotice,
  type ConnectionOptions,
  type HeartbeatNote,
} from '../client/connection';
import type { ConnectionMetrics, ConnectionStatus } from '../client/status';
import { TurnBudget } from '../client/turnBudget';
import { EVENT_KINDS } from '../protocol/messages';
import { texts } from '../text/texts';
import { LogIntake } from '../view/logIntake';
import type { Settings } from './settings';
import type { StreamSnapshot } from './statusPresentation';
import type { StreamTarget } from './streamTarget';

/** How many existing lines of each source come first; what is before them can be loaded by scrolling up. */
const EXISTING_LINES = 5000;

const MEBIBYTE = 1024 * 1024;

/** Where a stream's lines are written besides its store. */
export interface StreamOutput {
  /** Whole lines, each ending in a newline. */
  addLines(bytes: Uint8Array, count: number): void;
  /** What happened, in its place between the lines. */
  addNotice(text: string): void;
}

/** How to get in, and what to call the place; kept out of {@link StreamTarget}, which is stored. */
export interface StreamAccess {
  readonly token?: string | undefined;
  /** What a person reads in place of an address that says nothing. */
  readonly shownAs?: string | undefined;
}

export interface LiveStreamOptions {
  readonly target: StreamTarget;
  readonly access?: StreamAccess | undefined;
  readonly settings: Settings;
  readonly output: StreamOutput;
  readonly environment: ConnectionEnvironment;
}

/** One open stream: its connection, its store, and what flows from the one to the other. */
export class LiveStream implements Disposable {
  readonly #disposables = new DisposableStore();
  readonly #connection: Connection;
  /** The store and what belongs to it; outlives every single connection. */
  readonly intake: LogIntake;
  /** See {@link Connection.onDidEnterState}. */
  readonly onDidEnterState: Event<ConnectionStatus>;
  readonly onDidChangeStatus: Event<ConnectionStatus>;
  readonly onNotice: Event<ConnectionNotice>;
  readonly onHeartbeat: Event<HeartbeatNote>;
  #wasLive = false;
  #wanted = false;
  #bufferMiB: number;
  #target: StreamTarget;

  constructor({ target, access, settings, output, environment }: LiveStreamOptions) {
    this.#target = target;
    this.#bufferMiB = settings.bufferMiB;
    const { name, url, format } = target;
    this.#connection = this.#disposables.add(
      new Connection(
        {
          name,
          url,
          format,
          lines: EXISTING_LINES,
          token: access?.token,
          shownAs: access?.shownAs,
          ...connectionSettings(settings),
        },
        environment,
      ),
    );
    this.intake = new LogIntake(settings.bufferMiB * MEBIBYTE, environment.clock);
    this.intake.setFormats(settings.viewer.formats);
    this.onDidEnterState = this.#connection.onDidEnterState;
    this.onDidChangeStatus = this.#connection.onDidChangeStatus;
    this.onNotice = this.#connection.onNotice;
    this.onHeartbeat = this.#connection.onHeartbeat;
    this.#disposables.add(
      this.#connection.onDidEnterState(({ state }) => {
        this.#wasLive ||= state === 'live';
      }),
    );
    this.#fillStore(new TurnBudget(environment.clock, this.#connection));
    this.#fillOutput(output);
  }

  get target(): StreamTarget {
    return this.#target;
  }
  get name(): string {
    return this.target.name;
  }
  get status(): ConnectionStatus {
    return this.#connection.status;
  }
  get metrics(): ConnectionMetrics {
    return this.#connection.metrics;
  }
  /** What its store may hold, in MiB. */
  get bufferMiB(): number {
    return this.#bufferMiB;
  }

  /** Whether it was live at least once since it was opened. */
  get wasLive(): boolean {
    return this.#wasLive;
  }

  /** Whether the person wants it to be connected, and it has not come to its end; it may have failed. */
  get isWanted(): boolean {
    return this.#wanted && this.status.state !== 'closed';
  }

  /** Whether it is connected or shall be: neither disconnected by the person, nor ended, nor failed for good. */
  get wantsConnection(): boolean {
    return this.isWanted && this.status.state !== 'failed';
  }

  /** Whether it leads there in the same way. */
  isOf({ name, url, format, origin }: StreamTarget): boolean {
    const { target } = this;
    return target.name === name && target.url === url && target.format === format && target.origin === origin;
  }

  snapshot(): StreamSnapshot {
    const { name, status, metrics } = this;
    return { name, status, metrics, linesPerSecond: this.intake.linesPerSecond };
  }

  connect(): void {
    this.#wanted = true;
    this.#connection.connect();
  }

  /** The same stream is at another place now, or wants another token: it goes on where it was. */
  moveTo(target: StreamTarget, { token, shownAs }: StreamAccess): void {
    this.#target = target;
    this.#connection.moveTo({ url: target.url, token, shownAs });
  }

  /** A normal end; the lines stay. */
  disconnect(): void {
    this.#wanted = false;
    this.#connection.disconnect();
  }

  /** Dials at once, also after it was disconnected or has failed. */
  reconnectNow(): void {
    this.#wanted = true;
    this.#connection.reconnectNow();
  }

  /** Has its server run the command again that has ended; false where there is none, or it may not be asked. */
  runAgain(): boolean {
    return this.#connection.runAgain();
  }

  setFocused(focused: boolean): void {
    this.#connection.setFocused(focused);
  }

  /** Takes over what has changed, without a reconnect. */
  applySettings(settings: Settings): void {
    this.#bufferMiB = settings.bufferMiB;
    this.intake.store.setCapacity(settings.bufferMiB * MEBIBYTE);
    this.intake.setFormats(settings.viewer.formats);
    this.#connection.update(connectionSettings(settings));
  }

  /** Empties the store; what comes from now on is kept. */
  clear(): void {
    this.intake.clear();
  }

  /** Fetches up to `lines` earlier lines of every source that has some, into the store. */
  async loadHistory(lines: number): Promise<void> {
    await Promise.all(
      this.intake.sourcesWithHistory.map(async (source) => {
        const { frames, complete } = await this.#connection.requestHistory(source, lines);
        this.intake.takeHistory(source, frames, complete);
      }),
    );
  }

  /** Whether something was found out about the address; the report says what. */
  get hasLearned(): boolean {
    return this.#connection.hasLearned;
  }

  forgetLearned(): void {
    this.#connection.forgetLearned();
  }

  /** The connection report, Markdown without secrets. */
  report(): string {
    return this.#connection.report();
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #fillStore(turn: TurnBudget): void {
    const own = this.#disposables;
    const { intake } = this;
    own.add(turn);
    own.add(this.#connection.onLines((frame) => turn.run(() => intake.takeLines(frame))));
    own.add(this.#connection.onGap((gap) => intake.takeGap(gap)));
    own.add(this.#connection.onSource((source) => intake.takeSource(source)));
    own.add(this.#connection.onSourceEvent((event) => intake.takeEvent(event)));
    own.add(this.#connection.onNotice((notice) => intake.takeNotice(notice)));
  }

  #fillOutput(output: StreamOutput): void {
    const own = this.#disposables;
    own.add(this.#connection.onLines(({ bytes, count }) => output.addLines(bytes, count)));
    own.add(
      this.#connection.onGap(({ source, count, reason }) =>
        output.addNotice(texts.viewer.notices.gap(this.intake.nameOf(source), count, reason)),
      ),
    );
    own.add(
      this.#connection.onSourceEvent(({ kind, text }) => {
        if (kind !== EVENT_KINDS.partial && text !== '') {
          output.addNotice(text);
        }
      }),
    );
    own.add(this.#connection.onNotice(({ text }) => output.addNotice(text)));
  }
}

function connectionSettings(settings: Settings): Pick<ConnectionOptions, 'heartbeatIntervalMs' | 'maxAttempts'> {
  return { heartbeatIntervalMs: settings.heartbeatIntervalSeconds * 1000, maxAttempts: settings.reconnectMaxAttempts };
}
