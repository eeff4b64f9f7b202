import type { ConnectionStatus } from '../client/status';
import { terminalTexts } from '../text/terminal';
import { harmlessLine } from './terminalText';

/** What a status line tells of a connection. */
export type ToldStatus = Pick<ConnectionStatus, 'state' | 'code' | 'attempt' | 'delayMs' | 'heartbeatMs' | 'end'>;

/** What JSON leaves as it is although a terminal may obey it: DEL and C1. */
const unescaped = /[\u007f-\u009f]/g;

/** One object a line; `at` is wall-clock ms since the Unix epoch. */
function jsonLine(at: number, status: ToldStatus, reason: string, notice?: string): string {
  const line = {
    at,
    state: status.state,
    reason,
    code: status.code ?? null,
    attempt: status.attempt,
    delayMs: status.delayMs ?? null,
    heartbeatMs: status.heartbeatMs ?? null,
    ended: status.end === undefined ? null : { ...status.end.exit },
    ...(notice === undefined ? {} : { notice }),
  };
  const json = JSON.stringify(line).replace(
    unescaped,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${json}\n`;
}

/** One line whatever is in it: a sentence may repeat what a server or a file says. */
function sentenceLine(sentence: string): string {
  return terminalTexts.line(harmlessLine(sentence.replace(/[\r\n]+/g, ' ')));
}

function textLine(status: ConnectionStatus): string {
  const { reason, delayMs, attempt, end, state, canRunAgain, address } = status;
  if (state === 'live' && end !== undefined) {
    return sentenceLine(terminalTexts.ended(reason, end.exit !== undefined, canRunAgain === true, address));
  }
  const waits = status.state === 'waiting' && delayMs !== undefined;
  return sentenceLine(waits ? terminalTexts.waiting(reason, delayMs, attempt) : reason);
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
  notice(status: ToldStatus, kind: string, sentence: string): void {
    this.write(this.format === 'json' ? jsonLine(this.wallTime(), status, sentence, kind) : sentenceLine(sentence));
  }
}
