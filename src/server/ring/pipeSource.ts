import { closeSync, constants, openSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import type { Disposable } from '../../base/disposable';
import { EVENT_KINDS, type SourceState } from '../../protocol/messages';
import { texts } from '../../text/texts';
import { identityOf } from '../file/bytes/fileIdentity';
import { ownDescriptor } from '../file/fileKind';
import { problemAt } from '../file/fileProblem';
import type { SlowLooks } from '../file/watching/slowLooks';
import { RingSource } from './ringSource';
import { type Feed, feedFromStream, type StreamSettings } from './stdinSource';

/** How soon a pipe is read again whose writers have gone, where it cannot be held open, ms. */
const AGAIN_MS = 200;

export interface PipeSourceOptions extends StreamSettings {
  /** As given on the command line. */
  readonly id: string;
  /** Absolute. */
  readonly path: string;
  readonly slowLooks: SlowLooks;
}

/** A stream that was named as a file is: a named pipe, or a descriptor that a shell has opened. */
export interface PipeSource extends Disposable {
  readonly source: RingSource;
  readonly state: SourceState;
  /** Why it is not read, as a sentence; '' while it is. */
  readonly problem: string;
  /** Begins to read. */
  start(): Promise<void>;
}

/** Reads a descriptor of this process until its writers have gone, or a named pipe for ever. */
export function createPipeSource(options: PipeSourceOptions): PipeSource {
  const descriptor = ownDescriptor(options.path);
  const source = new RingSource({
    id: options.id,
    name: descriptor === undefined ? basename(options.path) : options.path,
    kind: 'stdin',
    capacityBytes: options.capacityBytes,
    clock: options.clock,
  });
  return descriptor === undefined ? new NamedPipe(source, options) : new OpenStream(source, descriptor, options);
}

class OpenStream implements PipeSource {
  readonly source: RingSource;
  readonly problem = '';
  readonly #descriptor: number;
  readonly #settings: StreamSettings;
  #feed: Disposable | undefined;

  constructor(source: RingSource, descriptor: number, settings: StreamSettings) {
    this.source = source;
    this.#descriptor = descriptor;
    this.#settings = settings;
  }

  get state(): SourceState {
    return this.source.state;
  }

  async start(): Promise<void> {
    const { source } = this;
    const stream = this.#descriptor === 0 ? process.stdin : streamOf(this.#descriptor);
    this.#feed = feedFromStream(source, stream, this.#settings, false, () => {
      source.addEvent(EVENT_KINDS.ended, texts.server.inputEnded(source.name));
      source.setState('ended');
    });
  }

  dispose(): void {
    this.#feed?.dispose();
  }
}

/**
 * A named pipe, as `tail -F` reads one: whoever writes to it may leave, the next one is waited for. It is
 * held open for writing as well, so that it has no end and no writer is ever without a reader (EPIPE).
 * Where it may not be written, a second descriptor holds it, and its ends are passed over.
 */
class NamedPipe implements PipeSource {
  readonly source: RingSource;
  readonly #path: string;
  readonly #options: PipeSourceOptions;
  readonly #place: number;
  #problem = '';
  /** Device and inode of what is read. */
  #file: string | undefined;
  #feed: Feed | undefined;
  #holder: number | undefined;
  #again: Disposable | undefined;
  #look: Disposable | undefined;
  #disposed = false;

  constructor(source: RingSource, options: PipeSourceOptions) {
    this.source = source;
    this.#path = options.path;
    this.#options = options;
    this.#place = options.slowLooks.takePlace();
    source.setState('waiting');
  }

  get state(): SourceState {
    return this.source.state;
  }

  get problem(): string {
    return this.#problem;
  }

  start(): Promise<void> {
    return this.#lookAtPath();
  }

  /** Opens the pipe at the path, unless it is the one that is read. */
  async #lookAtPath(): Promise<void> {
    try {
      const found = await stat(this.#path, { bigint: true });
      const file = identityOf(found);
      if (this.#disposed || (file === this.#file && this.#problem === '')) {
        return;
      }
      if (!found.isFIFO()) {
        this.#cannotRead(texts.server.noPipeAnyMore(this.#path));
        return;
      }
      // Where something else lay at the path for a while, it may be the one that is read still.
      if (file !== this.#file) {
        if (this.#file !== undefined) {
          // Whoever has the old one open still writes where nobody reads any more.
          this.#feed?.finish();
          this.source.addEvent(EVENT_KINDS.rotated, texts.server.pipeReplaced(this.source.name));
        }
        this.#open(file);
      }
      this.#problem = '';
      this.source.setState('live');
    } catch (error) {
      // One whose name is gone may still be written.
      if (!this.#disposed && this.#file === undefined) {
        this.#cannotRead(problemAt(this.#path, error));
      }
    } finally {
      if (!this.#disposed) {
        this.#look = this.#options.slowLooks.next(this.#place, () => void this.#lookAtPath());
      }
    }
  }

  dispose(): void {
    this.#disposed = true;
    this.#look?.dispose();
    this.#close();
  }

  #cannotRead(problem: string): void {
    if (problem !== this.#problem) {
      this.#problem = problem;
      this.source.addEvent(EVENT_KINDS.failed, problem);
      this.source.setState('failed');
    }
  }

  /** `file`: its device and inode. Where it cannot be opened, none is read any more. */
  #open(file: string): void {
    this.#close();
    this.#file = undefined;
    try {
      this.#read(openSync(this.#path, constants.O_RDWR | constants.O_NONBLOCK), () => {
        // Held open like this it has no end: it cannot be read any more, and the next look opens it anew.
        this.#file = undefined;
      });
      this.#file = file;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EACCES') {
        throw error;
      }
      this.#holder = openSync(this.#path, constants.O_RDONLY | constants.O_NONBLOCK);
      this.#file = file;
      this.#readAgain();
    }
  }

  /** Reads what the next writers write, until they have gone. */
  #readAgain(): void {
    try {
      this.#read(openSync(this.#path, constants.O_RDONLY | constants.O_NONBLOCK), () => {
        this.#again = this.#options.clock.schedule(AGAIN_MS, () => this.#readAgain());
      });
    } catch {
      // Gone, or another one: the next look says it.
      this.#file = undefined;
    }
  }

  #read(descriptor: number, ended: () => void): void {
    this.#feed = feedFromStream(this.source, streamOf(descriptor), this.#options, false, ended);
  }

  #close(): void {
    this.#again?.dispose();
    this.#feed?.dispose();
    if (this.#holder !== undefined) {
      closeSync(this.#holder);
      this.#holder = undefined;
    }
  }
}

/** A stream that waits without a thread: one that is read as a file takes one of the few that all files share. */
function streamOf(descriptor: number): Readable {
  const stream = new Socket({ fd: descriptor, readable: true, writable: false });
  // Its end is told by "close".
  stream.on('error', () => undefined);
  return stream;
}
