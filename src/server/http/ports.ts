import type { AddressInfo, Server } from 'node:net';
import type { Clock } from '../../base/clock';
import { RateLimit } from '../../base/rateLimit';
import { socketAddress } from '../../protocol/socketAddress';
import { texts } from '../../text/texts';
import { Listener, type ListenerOptions } from './listener';
import { listenOnSocket } from './localSocket';

/**
 * Connections at once, at each address that is listened at, that have yet to prove that they may read;
 * they do not count against `maxClients`. Of the thousand that one more program opens and opens again each
 * lives long enough to show a token, and all of them cost a few MiB.
 */
const MOST_UNPROVEN = 256;
/** At most so often it is told that there were more, in ms. */
const CROWDED_LOG_MS = 60_000;

export interface PortsOptions extends Pick<ListenerOptions, 'tls' | 'onUpgrade'> {
  readonly clock: Clock;
  readonly host: string;
  /** How long a connection may prove nothing, in ms. */
  readonly unprovenMs: number;
  /** Makes what answers requests at one address. */
  readonly createHandler: () => ListenerOptions['handler'];
  readonly log: (text: string) => void;
}

/** Where the server listens: at a local socket, at a port, or at both. */
export class Ports {
  readonly #options: PortsOptions;
  readonly #listeners: Listener[] = [];
  readonly #crowdedLog: RateLimit;
  #isClosed = false;
  /** Address of the page, once a port is open or about to be. */
  #page: Promise<string> | undefined;

  constructor(options: PortsOptions) {
    this.#options = options;
    this.#crowdedLog = new RateLimit(options.clock, 1, 1000 / CROWDED_LOG_MS);
  }

  /** Whether nobody is let in any more. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * Opens a local socket and returns its address for people.
   * @throws the system's error, such as EADDRINUSE.
   */
  async openSocket(path: string): Promise<string> {
    await this.#listen((server) => listenOnSocket(server, path));
    return socketAddress(path);
  }

  /**
   * Opens a port, if none is open yet, and returns the address of the page for people.
   *
   * @param port 0: any free one.
   * @throws the system's error, such as EADDRINUSE; another port may be tried then.
   */
  openPort(port: number): Promise<string> {
    this.#page ??= this.#openPort(port).catch((error: unknown) => {
      this.#page = undefined;
      throw error;
    });
    return this.#page;
  }

  /** Takes no more connections; those that are there stay. */
  close(): void {
    this.#isClosed = true;
    for (const { server } of this.#listeners) {
      server.close();
    }
  }

  /** Ends all connections that are left. */
  destroyConnections(): void {
    for (const listener of this.#listeners) {
      listener.destroyConnections();
    }
  }

  async #openPort(port: number): Promise<string> {
    const { host, tls } = this.#options;
    const main = await this.#listen((server) => listenOnPort(server, host, port));
    const bound = main.address() as AddressInfo;
    if (host === '127.0.0.1') {
      // Browsers may try ::1 first for "localhost"; without it they would meet whoever listens there.
      await this.#listen((server) => listenOnPort(server, '::1', bound.port)).catch(() => undefined);
    }
    const shown = bound.family === 'IPv6' || host.includes(':') ? `[${host}]` : host;
    return `${tls ? 'https' : 'http'}://${shown}:${bound.port}`;
  }

  async #listen(begin: (server: Server) => Promise<void>): Promise<Server> {
    const { clock, unprovenMs, tls, createHandler, onUpgrade, log } = this.#options;
    const listener = new Listener({
      clock,
      unproven: { most: MOST_UNPROVEN, deadlineMs: unprovenMs },
      tls,
      handler: createHandler(),
      onUpgrade,
      onCrowded: () => {
        if (this.#crowdedLog.take()) {
          log(texts.server.crowded(MOST_UNPROVEN));
        }
      },
    });
    const { server } = listener;
    await begin(server);
    server.on('error', (error) => log(error.message));
    this.#listeners.push(listener);
    if (this.#isClosed) {
      server.close();
    }
    return server;
  }
}

function listenOnPort(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, ipv6Only: true, backlog: 4096 }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
