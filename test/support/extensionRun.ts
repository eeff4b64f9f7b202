import './installFakeVsCode';
import type { ExtensionContext } from 'vscode';
import { Emitter } from '../../src/base/emitter';
import type { LogServer } from '../../src/extension/logServer';
import { LogStreamExtension } from '../../src/extension/logStreamExtension';
import type { Platform } from '../../src/extension/platform';
import type { ServerSources } from '../../src/extension/serverSources';
import { FakeClock } from './fakeClock';
import { FakeMemento } from './fakeMemento';
import { Uri, useFakeVsCode } from './fakeVsCode';
import { constantRandom } from './simulatedConnection';
import { SimulatedServer } from './simulatedServer';

/** A log server that is no process. */
export class FakeLogServer implements LogServer {
  readonly ended = new Emitter<string>();
  readonly onEnded = this.ended.event;
  readonly processId = 1;
  /** Origins for which a ticket was asked. */
  readonly origins: (string | null)[] = [];
  /** Why it opens no port. */
  portFailure: string | null = null;
  stopped = false;
  constructor(
    readonly sources: ServerSources,
    readonly url: string,
    readonly token: string,
  ) {}
  async openPort(port: number): Promise<string> {
    if (this.portFailure !== null) {
      throw new Error(this.portFailure);
    }
    return `http://127.0.0.1:${port || 4000}`;
  }
  async issueTicket(origin: string | null): Promise<string> {
    this.origins.push(origin);
    return `ticket-${this.origins.length}`;
  }
  async stop(): Promise<void> {
    this.stopped = true;
  }
  dispose(): void {
    this.stopped = true;
  }
}

/** Starts log servers that are no processes. */
export class FakeLogServers {
  readonly started: FakeLogServer[] = [];
  /** Ports that were asked for, 0 for none but a socket. */
  readonly ports: number[] = [];
  /** Ports that are taken by somebody else. */
  readonly taken = new Set<number>();
  /** Why the next start fails. */
  failure: string | null = null;

  readonly start = async (sources: ServerSources, port: number): Promise<LogServer> => {
    this.ports.push(port);
    const { failure } = this;
    this.failure = null;
    if (failure !== null || this.taken.has(port)) {
      throw new Error(failure ?? `Port ${port} is taken.`);
    }
    const count = this.started.length + 1;
    const url = port === 0 ? `ws+unix:/tmp/live-log-stream-${count}/s:/ws` : `ws://127.0.0.1:${port}/ws`;
    const server = new FakeLogServer(sources, url, `token-${count}`);
    this.started.push(server);
    return server;
  };

  get last(): FakeLogServer {
    const last = this.started.at(-1);
    if (last === undefined) {
      throw new Error('no server was started');
    }
    return last;
  }
}

interface RunOptions {
  /** Settings with their full keys. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly workspaceState?: FakeMemento;
  /** A window in which no process can be started. */
  readonly withoutServers?: boolean;
}

/** The extension in a window that is not there, its connections on a simulated network. */
export class ExtensionRun {
  readonly vsCode = useFakeVsCode();
  readonly clock = new FakeClock();
  readonly network = new SimulatedServer(this.clock);
  readonly servers = new FakeLogServers();
  readonly workspaceState: FakeMemento;
  readonly globalState = new FakeMemento();
  readonly platform: Platform;
  readonly extension: LogStreamExtension;

  constructor({ settings = {}, workspaceState = new FakeMemento(), withoutServers = false }: RunOptions = {}) {
    for (const [key, value] of Object.entries(settings)) {
      this.vsCode.setSetting(key, value);
    }
    this.workspaceState = workspaceState;
    this.platform = {
      clock: this.clock,
      random: constantRandom(),
      transport: this.network.transport,
      ...(withoutServers ? {} : { servers: { name: 'linux', start: this.servers.start } }),
    };
    const context = {
      extensionUri: Uri.file('/extension'),
      workspaceState: this.workspaceState,
      globalState: this.globalState,
    } as unknown as ExtensionContext;
    this.extension = new LogStreamExtension(context, this.platform);
  }

  get state(): string | undefined {
    return this.extension.api.openStream?.state;
  }

  /** Texts of the messages that were shown, with their severity in front. */
  get messages(): string[] {
    return this.vsCode.messages.map(({ severity, text }) => `${severity}: ${text}`);
  }

  /** What the session was saved as, each time it was written. */
  get sessionWrites(): number {
    return this.workspaceState.writes.length;
  }

  /** Lets `ms` pass, and everything that waits for promises run. */
  async pass(ms: number): Promise<void> {
    await this.clock.advanceAsync(ms);
  }

  /** "Connect to Log Stream" with an address. */
  async connect(url = 'ws://logs.example/ws'): Promise<void> {
    await this.extension.handlers['logStream.connect'](url);
    await this.pass(1000);
  }
}
