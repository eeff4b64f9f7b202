import { createInterface } from 'node:readline';
import { onOneLine } from '../../base/controlCharacters';

export const PROGRAM = 'live-log-server';

/** File names and values of options stand in sentences, so what could command a terminal is only shown. */
export function complain(sentence: string): void {
  process.stderr.write(`${PROGRAM}: ${onOneLine(sentence)}\n`);
}

/** Asks on the terminal, and gives the line that was typed; an end of input answers as "no" does. */
export function askOnTerminal(sentence: string, question: string): Promise<string> {
  complain(sentence);
  return new Promise((resolve) => {
    // Without line editing of its own Ctrl+C stays the terminal's signal, which ends the server.
    const reader = createInterface({ input: process.stdin, terminal: false });
    process.stderr.write(question);
    const ended = () => {
      process.stderr.write('\n');
      resolve('n');
    };
    reader.once('close', ended);
    reader.once('line', (line) => {
      reader.off('close', ended);
      reader.close();
      resolve(line);
    });
  });
}
