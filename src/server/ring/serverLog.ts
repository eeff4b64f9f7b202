import type { Clock } from '../../base/clock';
import { onOneLine } from '../../base/controlCharacters';
import { texts } from '../../text/texts';
import { RingSource } from './ringSource';

export type LogLevel = 'debug' | 'info' | 'warn';

/** What the server has to say of itself: a source like the others, and lines on standard error. */
export class ServerLog {
  readonly source: RingSource;
  readonly #clock: Clock;
  readonly #verbose: boolean;
  readonly #print: (line: string) => void;

  constructor(clock: Clock, verbose: boolean, print: (line: string) => void) {
    this.#clock = clock;
    this.#verbose = verbose;
    this.#print = print;
    this.source = new RingSource({
      id: 'server',
      name: texts.server.serverLogName,
      kind: 'server',
      capacityBytes: 1024 * 1024,
      clock,
    });
  }

  /** Client ids and reasons come from outside, so control characters are only shown. */
  write(level: LogLevel, text: string): void {
    const time = new Date(this.#clock.wallTime()).toISOString();
    const line = `${time} ${level.toUpperCase().padEnd(5)} ${onOneLine(text)}`;
    this.source.append({ bytes: Buffer.from(`${line}\n`), count: 1, continues: false });
    if (level !== 'debug' || this.#verbose) {
      this.#print(line);
    }
  }
}
