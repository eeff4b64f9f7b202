import type { Disposable } from '../base/disposable';
import { Emitter, type Event } from '../base/emitter';
import type { Connection } from './connection';

/** The connections there are, by name; one of each name. Owns them: what leaves is disposed. */
export class ConnectionRegistry implements Disposable {
  readonly #connections = new Map<string, Connection>();
  readonly #onDidChange = new Emitter<void>();
  /** A connection was added or removed. */
  readonly onDidChange: Event<void> = this.#onDidChange.event;

  /** Adds one; the one that had its name is disposed. */
  add(connection: Connection): Connection {
    this.#connections.get(connection.name)?.dispose();
    this.#connections.set(connection.name, connection);
    this.#onDidChange.fire();
    return connection;
  }

  get(name: string): Connection | undefined {
    return this.#connections.get(name);
  }

  /** In the order in which their names first came. */
  get all(): readonly Connection[] {
    return [...this.#connections.values()];
  }

  remove(name: string): void {
    const connection = this.#connections.get(name);
    if (connection !== undefined) {
      this.#connections.delete(name);
      connection.dispose();
      this.#onDidChange.fire();
    }
  }

  dispose(): void {
    const connections = this.all;
    this.#connections.clear();
    for (const connection of connections) {
      connection.dispose();
    }
    this.#onDidChange.dispose();
  }
}
