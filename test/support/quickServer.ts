import { LogServer } from '../../src/server/logServer';
import type { LogSource } from '../../src/server/logSource';
import { ServerLog } from '../../src/server/ring/serverLog';
import { serverTimings } from '../../src/server/serverTimings';
import { SourceSet } from '../../src/server/sourceSet';
import { scaledClock } from './scaledClock';

export interface QuickServerOptions {
  readonly files: readonly string[];
  /** Sources beside the files. */
  readonly sources?: readonly LogSource[];
  /** How much faster than the machine's its clock runs. */
  readonly factor: number;
  readonly receiveTimeoutMs: number;
  readonly heartbeatTimeoutMs: number;
  /** Gets each line of the server's own log; heartbeats too where `verbose`. */
  readonly log?: (line: string) => void;
  readonly verbose?: boolean;
  readonly lines?: number | 'all';
  readonly token?: string;
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer };
  readonly pageFolder?: string;
  /** Path of a Unix socket or Windows pipe to listen on instead of a port. */
  readonly socket?: string;
  /** Clients wait for it. */
  readonly ready?: Promise<void>;
}

/** A log server in this process whose minutes pass in less than a second; not one of its figures is another one. */
export class QuickServer {
  private constructor(
    readonly url: string,
    readonly server: LogServer,
    readonly sources: SourceSet,
  ) {}

  static async start(options: QuickServerOptions): Promise<QuickServer> {
    const clock = scaledClock(options.factor);
    const sources = new SourceSet({
      clock,
      maxLineBytes: 1024 * 1024,
      capacityBytes: 1024 * 1024,
      mostFiles: Number.POSITIVE_INFINITY,
      onLeftOut: () => {},
    });
    await sources.addFiles([...options.files]);
    for (const source of options.sources ?? []) {
      sources.add(source);
    }
    const server = new LogServer({
      clock,
      host: '127.0.0.1',
      port: 0,
      lines: options.lines ?? 'all',
      timings: serverTimings(options.receiveTimeoutMs, options.heartbeatTimeoutMs),
      maxClients: 10,
      token: options.token,
      allowedOrigins: [],
      tls: options.tls,
      socket: options.socket,
      pageFolder: options.pageFolder ?? '/nonexistent',
      version: '0.0.0',
      sources,
      serverLog: new ServerLog(clock, options.verbose === true, options.log ?? (() => {})),
      endWithSources: false,
      ...(options.ready ? { ready: options.ready } : {}),
    });
    const address = await server.start();
    const url = options.socket === undefined ? `${address.replace('http', 'ws')}/ws` : address;
    return new QuickServer(url, server, sources);
  }

  async stop(): Promise<void> {
    await this.server.stop();
    this.sources.dispose();
  }
}
