import type { ConnectionStatus } from '../client/status';
import { terminalTexts } from '../text/terminal';

/** One object a line; `at` is wall-clock ms since the Unix epoch. */
function jsonLine(at: number, status: ConnectionStatus, reason: string, notice?: string): string {
  const line = {
    at,
    state: status.state,
    reason,
    code: status.code ?? null,
    attempt: status.attempt,
    delayMs: status.delayMs ?? null,
    heartbeatMs: status.heartbeatMs ?? null,
    ...(notice === undefined ? {} : { notice }),
  };
  return `${JSON.stringify(line)}\n`;
}

function textLine(status: ConnectionStatus): string {
  const { reason, delayMs, attempt } = status;
  const waits = status.state === 'waiting' && delayMs !== undefined;
  return terminalTexts.line(waits ? terminalTexts.waiting(reason, delayMs, attempt) : reason);
}

/** Writes what the connection does to standard error, one line for each change that says something new. */
export class StatusLines {
  #last = '';

  constructor(
    readonly format: 'text' | 'json',
    readonly wallTime: () => number,
    readonly write: (line: string) => void,
  ) {}

  status(status: ConnectionStatus): void {
    const line = this.format === 'json' ? jsonLine(0, status, status.reason) : textLine(status);
    if (line === this.#last) {
      return;
    }
    this.#last = line;
    this.write(this.format === 'json' ? jsonLine(this.wallTime(), status, status.reason) : line);
  }

  /** Something worth a sentence that is no change of state. */
  notice(status: ConnectionStatus, kind: string, sentence: string): void {
    this.write(
      this.format === 'json'
        ? jsonLine(this.wallTime(), status, sentence, kind)
        : terminalTexts.line(sentence.replace(/[\r\n]+/g, ' ')),
    );
  }
}
