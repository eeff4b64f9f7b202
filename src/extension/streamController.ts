import { type Disposable, DisposableStore } from '../base/disposable';
import { Emitter, type Event } from '../base/emitter';
import type { ConnectionNotice, HeartbeatNote } from '../client/connection';
import type { LearnedStorage } from '../client/learned';
import type { ConnectionStatus } from '../client/status';
import { LiveStream, type StreamAccess, type StreamOutput } from './liveStream';
import type { Platform } from './platform';
import type { Settings } from './settings';
import { StreamRegistry } from './streamRegistry';
import type { StreamTarget } from './streamTarget';

/** Something a stream tells, and which one. */
export interface OfStream<T> {
  readonly stream: LiveStream;
  readonly value: T;
}

export interface StreamControllerOptions {
  readonly platform: Platform;
  readonly memory: LearnedStorage;
  readonly settings: () => Settings;
  /** The output channel; made when the first stream opens. */
  readonly output: () => StreamOutput;
  readonly focused: boolean;
}

/** The streams of a window: opens them, closes them, and passes on what concerns all. */
export class StreamController implements Disposable {
  readonly #options: StreamControllerOptions;
  readonly #disposables = new DisposableStore();
  readonly #streams = this.#disposables.add(new StreamRegistry<LiveStream>());
  readonly #stateEntered = this.#disposables.add(new Emitter<OfStream<ConnectionStatus>>());
  readonly #statusChanged = this.#disposables.add(new Emitter<OfStream<ConnectionStatus>>());
  readonly #noticed = this.#disposables.add(new Emitter<OfStream<ConnectionNotice>>());
  readonly #heartbeat = this.#disposables.add(new Emitter<OfStream<HeartbeatNote>>());
  #focused: boolean;

  /** A stream is in another state than before: once for each time it is entered. */
  readonly onDidEnterState: Event<OfStream<ConnectionStatus>> = this.#stateEntered.event;
  /** Anything of a stream's status is another than before; what is measured is no part of it. */
  readonly onDidChangeStatus: Event<OfStream<ConnectionStatus>> = this.#statusChanged.event;
  readonly onNotice: Event<OfStream<ConnectionNotice>> = this.#noticed.event;
  readonly onHeartbeat: Event<OfStream<HeartbeatNote>> = this.#heartbeat.event;
  /** Another stream is the active one. */
  readonly onDidChangeActive: Event<void> = this.#streams.onDidChange;

  constructor(options: StreamControllerOptions) {
    this.#options = options;
    this.#focused = options.focused;
  }

  /** The stream that status bar and panel show. */
  get active(): LiveStream | undefined {
    return this.#streams.active;
  }

  /**
   * Connects to a stream, anew or once more, in place of the one that is open.
   *
   * @param access for the log server of this window: how to get in, and, where one for the same died, its
   * former address: the stream from there goes on.
   */
  open(target: StreamTarget, access?: StreamAccess & { readonly formerUrl?: string | undefined }): LiveStream {
    const existing = this.#streams.get(target.name);
    if (existing?.isOf(target) || (access?.formerUrl !== undefined && existing?.target.url === access.formerUrl)) {
      if (access !== undefined) {
        existing.moveTo(target, access);
      }
      existing.connect();
      return existing;
    }
    const { platform, memory, settings, output } = this.#options;
    const stream = new LiveStream({
      target,
      access,
      settings: settings(),
      output: output(),
      environment: { clock: platform.clock, random: platform.random, transport: platform.transport, memory },
    });
    stream.onDidEnterState((value) => this.#stateEntered.fire({ stream, value }));
    stream.onDidChangeStatus((value) => this.#statusChanged.fire({ stream, value }));
    stream.onNotice((value) => this.#noticed.fire({ stream, value }));
    stream.onHeartbeat((value) => this.#heartbeat.fire({ stream, value }));
    stream.setFocused(this.#focused);
    this.#streams.open(stream);
    stream.connect();
    return stream;
  }

  setFocused(focused: boolean): void {
    this.#focused = focused;
    for (const stream of this.#streams.all) {
      stream.setFocused(focused);
    }
  }

  /** Changed settings take effect on what is open; a connection whose address changed is opened anew. */
  applySettings(settings: Settings): void {
    for (const stream of this.#streams.all) {
      const configured = settings.connections.find(({ name }) => name === stream.name);
      const target: StreamTarget | undefined = configured && {
        name: configured.name,
        url: configured.url,
        format: configured.format,
        origin: 'settings',
      };
      if (stream.target.origin === 'settings' && target !== undefined && !stream.isOf(target) && stream.isWanted) {
        this.open(target);
      } else {
        stream.applySettings(settings);
      }
    }
  }

  dispose(): void {
    this.#disposables.dispose();
  }
}
