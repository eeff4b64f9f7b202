import { type ParseArgsConfig, parseArgs } from 'node:util';
import { parseAddress } from '../client/address';
import type { ConnectionFormat } from '../client/connection';
import { sourcesFit } from '../client/resumeOffer';
import type { LineCount } from '../protocol/messages';
import { clientTexts } from '../text/client';
import { terminalTexts } from '../text/terminal';

/** What a command line asks for. */
export interface TailOptions {
  readonly url: string;
  readonly lines: LineCount;
  /** Undefined: all. */
  readonly sources: readonly string[] | undefined;
  readonly format: ConnectionFormat;
  readonly status: 'text' | 'json';
  readonly heartbeatMs: number | undefined;
  readonly tokenFile: string | undefined;
  /** Undefined: never give up. */
  readonly maxAttempts: number | undefined;
  readonly stateFile: string | undefined;
  readonly reportFile: string | undefined;
}

export type CommandLine =
  | { readonly kind: 'run'; readonly options: TailOptions }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'version' }
  /** One sentence: what is wrong and what to do. */
  | { readonly kind: 'problem'; readonly problem: string };

interface OptionEntry {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  readonly multiple?: boolean;
  /** The value's name in the help text. */
  readonly value?: string;
  readonly help: string;
}

const help = terminalTexts.options;
const formats = ['auto', 'logstream', 'text', 'json'] as const;
const statuses = ['text', 'json'] as const;

/** The one table of the options. */
const OPTIONS = {
  lines: { type: 'string', short: 'n', value: 'N|all', help: help.lines },
  source: { type: 'string', multiple: true, value: 'NAME', help: help.source },
  format: { type: 'string', value: 'FORMAT', help: help.format },
  status: { type: 'string', value: 'text|json', help: help.status },
  heartbeat: { type: 'string', value: 'S', help: help.heartbeat },
  'token-file': { type: 'string', value: 'F', help: help.tokenFile },
  'max-attempts': { type: 'string', value: 'N', help: help.maxAttempts },
  'state-file': { type: 'string', value: 'F', help: help.stateFile },
  report: { type: 'string', value: 'F', help: help.report },
  help: { type: 'boolean', short: 'h', help: help.help },
  version: { type: 'boolean', short: 'V', help: help.version },
} as const satisfies Record<string, OptionEntry>;

/** How many existing lines of each source come first where nothing else is asked for. */
export const defaultLines = 10;

class Problem extends Error {}

/** Reads the command line (without program and script). Never throws. */
export function readCommandLine(args: readonly string[]): CommandLine {
  try {
    return interpret(args);
  } catch (error) {
    if (error instanceof Problem) {
      return { kind: 'problem', problem: error.message };
    }
    throw error;
  }
}

function interpret(args: readonly string[]): CommandLine {
  const { values, positionals } = parse(args);
  if (values.help === true) {
    return { kind: 'help', text: helpText() };
  }
  if (values.version === true) {
    return { kind: 'version' };
  }
  const [url, second] = positionals;
  if (url === undefined) {
    throw new Problem(terminalTexts.addressMissing);
  }
  if (second !== undefined) {
    throw new Problem(terminalTexts.addressTwice(second));
  }
  const address = parseAddress(url);
  if (address.kind === 'problem') {
    throw new Problem(address.problem);
  }
  return {
    kind: 'run',
    options: {
      url,
      lines: readLines(values.lines ?? String(defaultLines)),
      sources: readSources(values.source),
      format: oneOf('--format', formats, values.format ?? 'auto'),
      status: oneOf('--status', statuses, values.status ?? 'text'),
      heartbeatMs: readHeartbeat(values.heartbeat),
      tokenFile: fileName('--token-file', values['token-file']),
      maxAttempts: readMaxAttempts(values['max-attempts']),
      stateFile: fileName('--state-file', values['state-file']),
      reportFile: fileName('--report', values.report),
    },
  };
}

function readSources(names: readonly string[] | undefined): readonly string[] | undefined {
  const sources = names?.map((name) => notEmpty('--source', name));
  if (sources !== undefined && !sourcesFit(sources)) {
    throw new Problem(clientTexts.tooManySources);
  }
  return sources;
}

function parse(args: readonly string[]) {
  const config = { args: [...args], options: OPTIONS, allowPositionals: true } satisfies ParseArgsConfig;
  try {
    return parseArgs(config);
  } catch (error) {
    throw new Problem(parseProblem(error));
  }
}

/** parseArgs explains itself in sentences for programmers; this is the same for people. */
function parseProblem(error: unknown): string {
  const { code, message } = error as { readonly code?: string; readonly message: string };
  const option = /'(-[^' ]*)/.exec(message)?.[1]?.replace(/,$/, '') ?? '';
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    return terminalTexts.unknownOption(option);
  }
  return /does not take an argument/.test(message)
    ? terminalTexts.valueNotWanted(longName(message, option))
    : terminalTexts.valueMissing(longName(message, option));
}

function longName(message: string, fallback: string): string {
  return /--[a-z-]+/.exec(message)?.[0] ?? fallback;
}

function readLines(value: string): LineCount {
  if (value === 'all') {
    return 'all';
  }
  const count = Number(value);
  if (!/^\d+$/.test(value) || !Number.isSafeInteger(count)) {
    throw new Problem(terminalTexts.badLines(value));
  }
  return count;
}

function readHeartbeat(value: string | undefined): number | undefined {
  if (value === undefined) {
    return undefined;
  }
  const seconds = Number(value);
  if (value.trim() === '' || !Number.isFinite(seconds) || seconds <= 0) {
    throw new Problem(terminalTexts.badHeartbeat(value));
  }
  return Math.max(1, Math.round(seconds * 1000));
}

function readMaxAttempts(value: string | undefined): number | undefined {
  if (value === undefined) {
    return undefined;
  }
  const count = Number(value);
  if (!/^\d+$/.test(value) || count < 1 || !Number.isSafeInteger(count)) {
    throw new Problem(terminalTexts.badMaxAttempts(value));
  }
  return count;
}

function oneOf<Choice extends string>(option: string, choices: readonly Choice[], value: string): Choice {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) {
    throw new Problem(terminalTexts.badChoice(option, choices, value));
  }
  return found;
}

function notEmpty(option: string, value: string): string {
  if (value === '') {
    throw new Problem(terminalTexts.emptyValue(option));
  }
  return value;
}

function fileName(option: string, value: string | undefined): string | undefined {
  return value === undefined ? undefined : notEmpty(option, value);
}

function helpText(): string {
  const rows = Object.entries<OptionEntry>(OPTIONS).map(([name, entry]) => {
    const short = entry.short === undefined ? '    ' : `-${entry.short}, `;
    return [`  ${short}--${name}${entry.value === undefined ? '' : ` ${entry.value}`}`, entry.help] as const;
  });
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return [
    terminalTexts.usage,
    terminalTexts.purpose,
    '',
    ...rows.map(([left, right]) => left.padEnd(width) + right),
    '',
    ...terminalTexts.exitCodes,
    '',
  ].join('\n');
}
