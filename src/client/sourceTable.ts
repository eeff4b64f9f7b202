import type { SourceExit, SourceMessage } from '../protocol/messages';
import { isWell, type StreamEnd } from './streamEnd';

/** Counts how many sources have a name. */
function add(counts: Map<string, number>, name: string, by: 1 | -1): void {
  const count = (counts.get(name) ?? 0) + by;
  if (count > 0) {
    counts.set(name, count);
  } else {
    counts.delete(name);
  }
}

/**
 * What was said last of each source, changed in place, and what follows from all of it: kept up with each
 * change, since a server may tell of thousands one after the other.
 */
export class SourceTable {
  readonly #messages = new Map<string, SourceMessage>();
  readonly #names = new Map<string, number>();
  readonly #exits = new Map<string, SourceExit>();
  readonly #badExits = new Map<string, SourceExit>();
  readonly #commands = new Set<string>();
  /** Sources that have not ended, and outputs of commands among them. */
  #unended = 0;
  #unendedCommands = 0;

  get(source: string): SourceMessage | undefined {
    return this.#messages.get(source);
  }

  keys(): Iterable<string> {
    return this.#messages.keys();
  }

  set(message: SourceMessage): void {
    this.#forget(message.source);
    const { source, command, name, exit, kind } = message;
    this.#messages.set(source, message);
    add(this.#names, command ?? name, 1);
    if (exit !== undefined) {
      this.#exits.set(source, exit);
      if (!isWell(exit)) {
        this.#badExits.set(source, exit);
      }
    }
    if (kind === 'command') {
      this.#commands.add(source);
    } else {
      this.#commands.delete(source);
    }
    this.#count(message, 1);
  }

  delete(source: string): void {
    this.#forget(source);
    this.#messages.delete(source);
    this.#commands.delete(source);
  }

  clear(): void {
    this.#messages.clear();
    this.#names.clear();
    this.#exits.clear();
    this.#badExits.clear();
    this.#commands.clear();
    this.#unended = 0;
    this.#unendedCommands = 0;
  }

  /**
   * The one answer to whether all of a stream has ended, and how; undefined while something lives or may
   * live again: a source that waits or fails has not ended.
   */
  get end(): StreamEnd | undefined {
    if (this.#messages.size === 0 || this.#unended > 0) {
      return undefined;
    }
    const [name] = this.#names.keys();
    const [bad] = this.#badExits.values();
    const [any] = this.#exits.values();
    const exit = bad ?? any;
    return {
      ...(this.#names.size === 1 && name !== undefined ? { name } : {}),
      ...(exit === undefined ? {} : { exit }),
    };
  }

  /** The id of a source whose command has ended, both its outputs; undefined where none has. */
  get endedCommand(): string | undefined {
    const [first] = this.#commands;
    return this.#unendedCommands === 0 ? first : undefined;
  }

  /** Takes out of the counts what was said of a source before. */
  #forget(source: string): void {
    const before = this.#messages.get(source);
    if (before !== undefined) {
      add(this.#names, before.command ?? before.name, -1);
      this.#exits.delete(source);
      this.#badExits.delete(source);
      this.#count(before, -1);
    }
  }

  #count({ state, kind }: SourceMessage, by: 1 | -1): void {
    if (state !== 'ended') {
      this.#unended += by;
      this.#unendedCommands += kind === 'command' ? by : 0;
    }
  }
}
