import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** How a {@link FaultProxy} treats what passes it. */
export interface Faults {
  /** Pauses each chunk by so many ms. */
  delayMs: number;
  /** New connections are reset. */
  refuse: boolean;
  /** Connections end, properly, at this age, ms: a balancer with a lifetime. */
  lifetimeMs: number | null;
  /** Connections are reset after so long without a byte either way, ms: a proxy that saves on idle ones. */
  idleMs: number | null;
}

/** A TCP proxy in front of a real server that injects faults, for real sockets. */
export class FaultProxy {
  readonly faults: Faults = { delayMs: 0, refuse: false, lifetimeMs: null, idleMs: null };
  readonly #server: Server;
  readonly #targetPort: () => number;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #connections = 0;
  #isCut = false;

  private constructor(targetPort: () => number) {
    this.#targetPort = targetPort;
    this.#server = createServer((client) => this.#accept(client));
  }

  /** @param targetPort asked for each connection, so that the server behind may move. */
  static async start(targetPort: () => number): Promise<FaultProxy> {
    const proxy = new FaultProxy(targetPort);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/ws`;
  }

  /** Connections made so far. */
  get connections(): number {
    return this.#connections;
  }

  /** While cut, nothing passes either way and nobody is told: a cable that was pulled. It passes later. */
  setCut(isCut: boolean): void {
    this.#isCut = isCut;
    for (const socket of [...this.#pairs].flat()) {
      isCut ? socket.pause() : socket.resume();
    }
  }

  /** Resets every connection. */
  reset(): void {
    for (const pair of this.#pairs) {
      for (const socket of pair) {
        socket.resetAndDestroy();
      }
    }
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.reset();
    await once(this.#server, 'close');
  }

  #accept(client: Socket): void {
    client.on('error', () => {});
    if (this.faults.refuse) {
      client.resetAndDestroy();
      return;
    }
    this.#connections++;
    const server = connect(this.#targetPort(), '127.0.0.1');
    server.on('error', () => client.resetAndDestroy());
    const pair = [client, server] as const;
    this.#pairs.add(pair);
    const end = () => {
      this.#pairs.delete(pair);
      clearTimeout(life);
      clearTimeout(idle);
      client.destroy();
      server.destroy();
    };
    const { lifetimeMs } = this.faults;
    const life = lifetimeMs === null ? undefined : setTimeout(end, lifetimeMs);
    let idle: NodeJS.Timeout | undefined;
    const awake = () => {
      clearTimeout(idle);
      if (this.faults.idleMs !== null) {
        idle = setTimeout(end, this.faults.idleMs);
      }
    };
    awake();
    this.#pipe(client, server, awake);
    this.#pipe(server, client, awake);
    client.on('close', end);
    server.on('close', end);
    if (this.#isCut) {
      client.pause();
      server.pause();
    }
  }

  #pipe(from: Socket, to: Socket, awake: () => void): void {
    from.on('data', (chunk) => {
      const { delayMs } = this.faults;
      awake();
      const goOn = () => {
        if (!this.#isCut) {
          from.resume();
        }
      };
      const pass = () => {
        if (!to.destroyed && !to.write(chunk)) {
          from.pause();
          to.once('drain', goOn);
        }
      };
      if (delayMs > 0) {
        from.pause();
        setTimeout(() => {
          goOn();
          pass();
        }, delayMs);
      } else {
        pass();
      }
    });
  }
}
