import { duration } from './client';

/** Texts of the terminal client. */
export const terminalTexts = {
  name: 'live-log-tail',
  line: (sentence: string) => `live-log-tail: ${sentence}\n`,
  usage: 'Usage: live-log-tail [OPTION…] URL',
  purpose: 'Writes the lines of a log server to standard output, live, and keeps the connection alive.',
  version: (version: string) => `live-log-tail ${version}\n`,
  options: {
    lines: 'how many existing lines of each source come first: a number, or "all" (10)',
    source: 'only this source; may be given several times (all)',
    format: 'how the server speaks: auto, logstream, text or json (auto)',
    status: 'how the state of the connection is written to standard error: text or json (text)',
    heartbeat: 'seconds between heartbeats, from 1 to 30 (stated by the server, or found out)',
    tokenFile: 'file that holds the access token of the server; read again before each dial',
    maxAttempts: 'give up after this many failed attempts in a row (never)',
    stateFile:
      'file that keeps the position, so that a later run goes on without loss; after a kill -9 it may repeat the last 0.1 s',
    report: 'file that gets the connection report at the end',
    help: 'show this text',
    version: 'show the version',
  },
  exitCodes: [
    'Exit codes: 0 the stream ended or was interrupted, 1 failed, 2 wrong use, 3 refused for good.',
    'Status as JSON, one object a line: {"at","state","reason","code","attempt","delayMs","heartbeatMs","ended"};',
    '"ended" is null, or how everything of the stream has ended: {"code"}, {"signal"}, {"failure"}, or {} where nobody says.',
  ],
  tryHelp: 'Try "live-log-tail --help".',
  unknownOption: (option: string) => `There is no option ${option}. Try "live-log-tail --help".`,
  valueMissing: (option: string) => `The option ${option} needs a value. Try "live-log-tail --help".`,
  valueNotWanted: (option: string) => `The option ${option} takes no value. Try "live-log-tail --help".`,
  addressMissing: 'No address given: name the log server, like ws://localhost:8000/ws. Try "live-log-tail --help".',
  addressTwice: (second: string) => `Only one address can be given, and "${second}" is a second one.`,
  badLines: (value: string) => `--lines takes a whole number, 0 or more, or "all", not "${value}".`,
  badChoice: (option: string, choices: readonly string[], value: string) =>
    `${option} takes ${choices.slice(0, -1).join(', ')} or ${choices.at(-1) ?? ''}, not "${value}".`,
  badHeartbeat: (value: string) => `--heartbeat takes a number of seconds above 0, not "${value}".`,
  badMaxAttempts: (value: string) => `--max-attempts takes a whole number, 1 or more, not "${value}".`,
  emptyValue: (option: string) => `The option ${option} must not be empty.`,
  tokenUnreadable: (file: string, why: string) =>
    `The token file ${file} cannot be read (${why}); check its name and rights.`,
  tokenEmpty: (file: string) => `The token file ${file} is empty; write the server's token into it.`,
  tokenUnsendable: (file: string) =>
    `The token file ${file} holds something that no token can: write the server's token into it, on one line of plain ASCII characters.`,
  stateUnreadable: (file: string) =>
    `The state file ${file} cannot be read as one; the log begins anew, and the file is written again.`,
  stateOfOther: (file: string, address: string) =>
    `The state file ${file} belongs to ${address}; the log begins anew here.`,
  stateUnwritable: (file: string, why: string) =>
    `The state file ${file} cannot be written (${why}); a later run will not know where this one stopped.`,
  reportUnwritable: (file: string, why: string) => `The connection report cannot be written to ${file} (${why}).`,
  outputFailed: (why: string) => `Standard output cannot be written (${why}).`,
  internal: (why: string) =>
    `Something went wrong inside the program (${why}); please report it with the steps that led here.`,
  interrupted: 'Interrupted.',
  ended: (sentence: string, isCommand: boolean, canRunAgain: boolean, address: string) => {
    if (!isCommand) {
      return sentence;
    }
    const page = /^ws(s?:\/\/[^/]+)\/ws$/.exec(address)?.[1];
    return canRunAgain
      ? `${sentence} To run it again, choose “Run again” ${page === undefined ? 'in VS Code' : `at http${page}/ or in VS Code`}.`
      : `${sentence} To run it again, start its server again.`;
  },
  waiting: (reason: string, delayMs: number, attempt: number) =>
    `${reason} Trying again in ${duration(delayMs)}${attempt > 0 ? ` (attempt ${attempt + 1})` : ''}.`,
  gap: (source: string, count: number | null, reason: string) =>
    count === null
      ? `Lines of ${source} may be missing here: ${reason}`
      : `${count} ${count === 1 ? 'line' : 'lines'} of ${source} ${count === 1 ? 'is' : 'are'} missing here: ${reason}`,
  plainIgnores: (options: readonly string[]) =>
    `This server speaks plain text and decides by itself which lines it sends: ${options.join(' and ')} ${options.length === 1 ? 'has' : 'have'} no effect.`,
  /** A text says itself what it is about. */
  sourceEvent: (source: string, kind: string, text: string) => text || `${source} ${kind}.`,
};
