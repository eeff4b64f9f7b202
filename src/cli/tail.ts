import { writeFileSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { type Clock, systemClock } from '../base/clock';
import { type Disposable, DisposableStore, toDisposable } from '../base/disposable';
import { systemRandom } from '../base/random';
import { parseAddress } from '../client/address';
import { Connection } from '../client/connection';
import { createMemoryStorage, type LearnedStorage } from '../client/learned';
import { nodeTransport } from '../client/nodeTransport';
import type { ConnectionStatus } from '../client/status';
import { CLOSE } from '../protocol/closeCodes';
import { EVENT_KINDS } from '../protocol/messages';
import { countLines } from '../store/lineCount';
import { terminalTexts } from '../text/terminal';
import { causeOf } from './cause';
import { defaultLines, type TailOptions } from './options';
import { LineOutput } from './output';
import { readStateFile, type TailState, writeStateFile } from './stateFile';
import type { StatusLines, ToldStatus } from './statusLines';
import { readTokenFile, TokenFile } from './tokenFile';
import { WrittenPositions } from './writtenPositions';

/** 0 ended or interrupted, 1 failed, 2 wrong use (most of which the command line shows before), 3 refused for good. */
export type ExitCode = 0 | 1 | 2 | 3;

/** The state file is written this long after something was written out, and no more often, ms. */
const stateFileDelayMs = 100;

/** How often the state file is looked after although nothing is written out: marks move positions too. ms. */
const stateFileIntervalMs = 1000;

/** How long an interrupted tail waits for a reader that does not take what was written, ms. */
const interruptedFlushMs = 1500;

/** Events that say something beside the lines; the others are for viewers. */
const quietEvents: ReadonlySet<string> = new Set([EVENT_KINDS.partial, EVENT_KINDS.history]);

/** What there is to say of a connection that is not made yet. */
const notBegun: ToldStatus = { state: 'idle', attempt: 0 };

/** The streams of the process, and how it is interrupted. */
export interface TailProcess {
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly status: StatusLines;
  /** Calls back when the process is asked to end. */
  readonly onInterrupt: (callback: () => void) => void;
}

/** Runs one tail to its end. Never throws for anything a server, a reader or a file does. */
export async function tail(options: TailOptions, process: TailProcess): Promise<ExitCode> {
  if (options.tokenFile !== undefined) {
    const token = await readTokenFile(options.tokenFile);
    if (token.kind === 'problem') {
      process.status.notice({ state: 'failed', attempt: 0 }, 'tokenFile', token.problem);
      return token.code;
    }
  }
  return new Promise((resolve) => new Tail(options, process, systemClock, resolve).start());
}

class Tail {
  readonly #options: TailOptions;
  readonly #onInterrupt: TailProcess['onInterrupt'];
  readonly #clock: Clock;
  readonly #resolve: (code: ExitCode) => void;
  readonly #resources = new DisposableStore();
  readonly #memory: LearnedStorage;
  readonly #connection: Connection;
  readonly #output: LineOutput;
  readonly #status: StatusLines;
  readonly #written: WrittenPositions;
  readonly #tokenFile: TokenFile | undefined;
  #saveTimer: Disposable | null = null;
  #saved = '';
  #saveFailed = false;
  #result: ExitCode | null = null;

  constructor(options: TailOptions, process: TailProcess, clock: Clock, resolve: (code: ExitCode) => void) {
    this.#options = options;
    this.#onInterrupt = process.onInterrupt;
    this.#status = process.status;
    this.#clock = clock;
    this.#resolve = resolve;
    const state = this.#readState();
    this.#memory = createMemoryStorage(state?.learned);
    this.#written = new WrittenPositions(state?.positions);
    const { tokenFile } = options;
    this.#tokenFile =
      tokenFile === undefined
        ? undefined
        : this.#resources.add(new TokenFile(tokenFile, clock, () => this.#connection.credentialsChanged()));
    this.#connection = this.#resources.add(
      new Connection(
        {
          // The report is named after it: the address as given may hold a password, or a token in its query.
          name: shownAddress(options.url),
          url: options.url,
          format: options.format,
          lines: options.lines,
          sources: options.sources,
          heartbeatIntervalMs: options.heartbeatMs,
          giveUpAfter: options.maxAttempts,
          token: this.#tokenFile?.token,
          resume: state?.positions,
          clientId: state?.clientId,
          takeoverKey: state?.takeoverKey,
        },
        { clock, random: systemRandom, transport: nodeTransport, memory: this.#memory, countLines },
      ),
    );
    this.#output = new LineOutput(process.stdout, process.stdout.isTTY === true, {
      full: () => this.#connection.pause(),
      empty: () => this.#connection.resume(),
      failed: (error) => this.#outputFailed(error),
      written: (frame, bytes) => {
        if (!this.#connection.isPlain) {
          this.#written.written(frame, bytes);
          this.#saveSoon();
        }
        this.#finishIfDone();
      },
    });
  }

  start(): void {
    const connection = this.#connection;
    const add = (subscription: Disposable) => this.#resources.add(subscription);
    add(
      connection.onLines((frame) => {
        const fresh = connection.isPlain ? frame : this.#written.fresh(frame);
        if (fresh !== null) {
          this.#output.write(fresh);
        }
      }),
    );
    add(connection.onDidChangeStatus((status) => this.#statusChanged(status)));
    add(
      connection.onGap((gap) => {
        this.#written.gap(gap);
        this.#status.notice(connection.status, 'gap', terminalTexts.gap(gap.source, gap.count, gap.reason));
      }),
    );
    add(
      connection.onNotice(({ kind, text }) => {
        if (kind === 'connected') {
          this.#tellIgnored();
        }
        // The others say what the change of state has said.
        if (kind === 'adapted' || kind === 'corrected') {
          this.#status.notice(connection.status, kind, text);
        }
      }),
    );
    add(
      connection.onSourceEvent(({ source, kind, text }) => {
        if (!quietEvents.has(kind)) {
          this.#status.notice(connection.status, 'event', terminalTexts.sourceEvent(source, kind, text));
        }
      }),
    );
    this.#onInterrupt(() => this.#interrupted());
    if (this.#options.stateFile !== undefined) {
      this.#saveRegularly();
    }
    connection.connect();
  }

  /** A server of plain text is not asked for anything. */
  #tellIgnored(): void {
    const { lines, sources } = this.#options;
    const ignored = [...(sources === undefined ? [] : ['--source']), ...(lines === defaultLines ? [] : ['--lines'])];
    if (this.#connection.isPlain && ignored.length > 0) {
      this.#status.notice(this.#connection.status, 'ignored', terminalTexts.plainIgnores(ignored));
    }
  }

  #statusChanged(status: ConnectionStatus): void {
    if (this.#result !== null) {
      if (this.#result === 0) {
        const interrupted = status.state === 'closed' ? { reason: terminalTexts.interrupted } : {};
        this.#status.status({ ...status, ...interrupted });
      }
      this.#finishIfDone();
      return;
    }
    this.#status.status(status);
    this.#tokenFile?.setWatched(status.state === 'waiting' || status.state === 'dormant');
    switch (status.state) {
      case 'failed':
        this.#finish(this.#gaveUp(status) ? 1 : 3);
        return;
      case 'closed':
        // Another run of the same client has taken over: this one did not do what it was asked to.
        this.#finish(status.code === CLOSE.takenOver.code ? 1 : 0);
        return;
      default:
    }
  }

  /** Whether it failed by the number of its attempts; a refusal for good comes before that number is reached. */
  #gaveUp({ attempt }: ConnectionStatus): boolean {
    const { maxAttempts } = this.#options;
    return maxAttempts !== undefined && attempt >= maxAttempts;
  }

  #interrupted(): void {
    if (this.#result === null) {
      this.#finish(0);
      // A reader that takes nothing must not keep an interrupted process.
      this.#resources.add(this.#clock.schedule(interruptedFlushMs, () => this.#end()));
    }
  }

  #outputFailed(error: NodeJS.ErrnoException): void {
    if (error.code === 'EPIPE' || error.code === 'EOF') {
      // The reader has had enough, like `head`: nothing to say.
      this.#result ??= 0;
    } else {
      const sentence = terminalTexts.outputFailed(error.code ?? error.message);
      this.#status.notice(this.#connection.status, 'output', sentence);
      this.#result = 1;
    }
    this.#end();
  }

  /** Nothing more is wanted: end as soon as the server knows and everything is written. */
  #finish(code: ExitCode): void {
    this.#result = code;
    // A failure keeps its reason, for the report: there is nothing to disconnect from.
    if (this.#connection.status.state !== 'failed') {
      this.#connection.disconnect();
    }
    this.#finishIfDone();
  }

  #finishIfDone(): void {
    const { state } = this.#connection.status;
    if (this.#result !== null && this.#output.idle && (state === 'closed' || state === 'failed')) {
      this.#end();
    }
  }

  #end(): void {
    if (this.#resources.isDisposed) {
      return;
    }
    this.#saveTimer?.dispose();
    this.#save();
    this.#writeReport();
    this.#resources.dispose();
    this.#resolve(this.#result ?? 0);
  }

  #readState(): TailState | undefined {
    const { stateFile, url } = this.#options;
    if (stateFile === undefined) {
      return undefined;
    }
    const result = readStateFile(stateFile);
    if (result.kind === 'unreadable') {
      this.#status.notice(notBegun, 'stateFile', terminalTexts.stateUnreadable(stateFile));
    }
    if (result.kind !== 'state') {
      return undefined;
    }
    const { state } = result;
    if (shownAddress(url) !== state.address) {
      this.#status.notice(notBegun, 'stateFile', terminalTexts.stateOfOther(stateFile, state.address));
      return { ...state, positions: [], takeoverKey: undefined };
    }
    return state;
  }

  #saveRegularly(): void {
    let timer = toDisposable(() => {});
    const again = () => {
      timer = this.#clock.schedule(stateFileIntervalMs, () => {
        this.#save();
        again();
      });
    };
    again();
    this.#resources.add(toDisposable(() => timer.dispose()));
  }

  #saveSoon(): void {
    if (this.#options.stateFile !== undefined && this.#saveTimer === null && this.#result === null) {
      this.#saveTimer = this.#clock.schedule(stateFileDelayMs, () => {
        this.#saveTimer = null;
        this.#save();
      });
    }
  }

  /** Writes down what has been written out, never what merely arrived: a later run goes on from there. */
  #save(): void {
    const { stateFile } = this.#options;
    if (stateFile === undefined) {
      return;
    }
    if (this.#output.idle) {
      // Marks and gaps move a position too, without lines.
      this.#written.adopt(this.#connection.positions);
    }
    const state: TailState = {
      address: this.#connection.status.address,
      clientId: this.#connection.clientId,
      takeoverKey: this.#connection.takeoverKey,
      positions: this.#written.positions,
      learned: this.#memory.load(),
    };
    const text = JSON.stringify(state);
    if (text === this.#saved) {
      return;
    }
    try {
      writeStateFile(stateFile, state);
      this.#saved = text;
      this.#saveFailed = false;
    } catch (error) {
      if (!this.#saveFailed) {
        this.#saveFailed = true;
        const sentence = terminalTexts.stateUnwritable(stateFile, causeOf(error));
        this.#status.notice(this.#connection.status, 'stateFile', sentence);
      }
    }
  }

  #writeReport(): void {
    const { reportFile } = this.#options;
    if (reportFile === undefined) {
      return;
    }
    try {
      writeFileSync(reportFile, this.#connection.report());
    } catch (error) {
      const sentence = terminalTexts.reportUnwritable(reportFile, causeOf(error));
      this.#status.notice(this.#connection.status, 'report', sentence);
    }
  }
}

/** Without user name, password and query. What is no address is refused before a tail begins. */
function shownAddress(url: string): string {
  const result = parseAddress(url);
  return result.kind === 'address' ? result.address.shown : '';
}
