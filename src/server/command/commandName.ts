import { onOneLine } from '../../base/controlCharacters';
import { shorten } from '../../base/shorten';
import { texts } from '../../text/texts';

/** A name stands on every row of two sources, and in sentences. */
const LONGEST_NAME = 60;
/** The whole travels in a control message, whose size is limited. */
const LONGEST_LINE = 1000;

/** What a command is called. */
export interface CommandName {
  /** In sentences. */
  readonly short: string;
  /** The whole command line, on one line. */
  readonly whole: string;
  /** Of the sources of standard output and standard error. */
  readonly sources: readonly [string, string];
}

/** A word as a person would have typed it in a shell. */
function typed(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** @param given what whoever started the server calls it, such as the line that was typed; otherwise the words say it. */
export function commandName(command: string, args: readonly string[], given?: string): CommandName {
  const line = onOneLine(given ?? [command, ...args].map(typed).join(' '));
  const short = shorten(line, LONGEST_NAME);
  return { short, whole: shorten(line, LONGEST_LINE), sources: [short, texts.server.standardErrorOf(short)] };
}
