import { Emitter } from '../../src/base/emitter';
import type { SourceState } from '../../src/protocol/messages';
import type {
  HistoryAnswer,
  HistoryRequest,
  LinesItem,
  LogSource,
  ReadItem,
  SourceReader,
  StartingPoint,
} from '../../src/server/logSource';

/** An error as a network file system that is away gives it. */
export function inputOutputError(): Error {
  return Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' });
}

export function linesItem(text: string): LinesItem {
  return {
    kind: 'lines',
    bytes: Buffer.from(text),
    count: text.split('\n').length - 1,
    cursor: null,
    receivedAt: 0,
  };
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** A source that does what a test says: opens, fails, and gives what it is handed. */
export class ScriptedSource implements LogSource {
  readonly kind = 'file';
  readonly name: string;
  state: SourceState = 'live';
  partial = '';
  readonly #changed = new Emitter<void>();
  #opening: Promise<void> | undefined;
  readonly onDidChange = this.#changed.event;
  /** How many of the next attempts to open it fail. */
  failingOpens = 0;
  /** How many of the next reads fail. */
  failingReads = 0;
  readonly opened: StartingPoint[] = [];
  /** The signal of the last attempt to open it. */
  left: AbortSignal | undefined;
  readersDisposed = 0;
  readonly items: ReadItem[] = [];
  reads = 0;
  answerHistory: (request: HistoryRequest, signal?: AbortSignal) => Promise<HistoryAnswer> = () =>
    Promise.reject(inputOutputError());

  constructor(readonly id: string) {
    this.name = id;
  }

  /** Opening it takes until what is returned is called. */
  holdOpening(): () => void {
    const { promise, resolve } = deferred();
    this.#opening = promise;
    return resolve;
  }

  async open(start: StartingPoint, signal?: AbortSignal): Promise<SourceReader> {
    this.opened.push(start);
    this.left = signal;
    await this.#opening;
    if (this.failingOpens > 0) {
      this.failingOpens--;
      throw inputOutputError();
    }
    return {
      epoch: 'e1',
      firstSeq: 0,
      cursor: () => null,
      read: () => this.#read(),
      dispose: () => {
        this.readersDisposed++;
      },
    };
  }

  history(request: HistoryRequest, signal?: AbortSignal): Promise<HistoryAnswer> {
    return this.answerHistory(request, signal);
  }

  give(...items: readonly ReadItem[]): void {
    this.items.push(...items);
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }

  async #read(): Promise<ReadItem> {
    this.reads++;
    if (this.failingReads > 0) {
      this.failingReads--;
      throw inputOutputError();
    }
    return this.items.shift() ?? { kind: 'idle' };
  }
}
