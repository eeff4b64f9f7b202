import { parseArgs } from 'node:util';
import { onOneLine } from '../../base/controlCharacters';
import type { LineCount } from '../../protocol/messages';
import { texts } from '../../text/texts';
import { type OptionDefinition, SERVER_OPTIONS, type ServerOptionName } from './serverOptions';

/** What is served. */
export type Subject =
  | { readonly kind: 'files'; readonly patterns: readonly string[] }
  | { readonly kind: 'stdin' }
  | { readonly kind: 'command'; readonly command: string; readonly args: readonly string[] }
  | { readonly kind: 'demo' };

export interface ServerSettings {
  readonly subject: Subject;
  /** The demo and the server's own log besides the subject. */
  readonly demo: boolean;
  readonly port: number;
  readonly host: string;
  /** Path of a Unix socket or Windows pipe to listen on instead. */
  readonly socket: string | undefined;
  readonly lines: LineCount;
  readonly bufferBytes: number;
  readonly maxLineBytes: number;
  readonly receiveTimeoutMs: number;
  readonly heartbeatTimeoutMs: number;
  readonly maxClients: number;
  readonly token: string | undefined;
  readonly tokenFile: string | undefined;
  readonly allowedOrigins: readonly string[];
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
  readonly block: boolean;
  readonly exitOnEof: boolean;
  readonly restart: boolean;
  /** What standard input or the command is called; undefined: what it is. */
  readonly name: string | undefined;
  readonly verbose: boolean;
}

export type CommandLine =
  | { readonly kind: 'run'; readonly settings: ServerSettings }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'wrong'; readonly sentence: string };

class UsageError extends Error {}

type Values = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

const definitions = new Map<string, OptionDefinition>(SERVER_OPTIONS.map((option) => [option.name, option]));

/** Reads the arguments behind the program's name. Never throws. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  try {
    return parse(args);
  } catch (error) {
    if (error instanceof UsageError) {
      return { kind: 'wrong', sentence: error.message };
    }
    throw error;
  }
}

function parse(args: readonly string[]): CommandLine {
  const separator = args.indexOf('--');
  const own = separator === -1 ? args : args.slice(0, separator);
  const command = separator === -1 ? undefined : args.slice(separator + 1);
  const { values, positionals } = split(own);
  if (values.help === true) {
    return { kind: 'help' };
  }
  if (values.version === true) {
    return { kind: 'version' };
  }
  if ((values.cert === undefined) !== (values.key === undefined)) {
    throw new UsageError(texts.server.certAndKey);
  }
  if (values.socket !== undefined) {
    const other = (['port', 'host', 'cert'] as const).find((name) => values[name] !== undefined);
    if (other !== undefined) {
      throw new UsageError(texts.server.notWithSocket(`--${other}`));
    }
    if (values.socket === '') {
      throw new UsageError(texts.server.missingValue('--socket'));
    }
  }
  const subject = subjectOf(positionals, command);
  for (const { name, onlyFor } of SERVER_OPTIONS as readonly OptionDefinition[]) {
    if (onlyFor && values[name] !== undefined && !onlyFor.some((kind) => kind === subject.kind)) {
      throw new UsageError(texts.server.onlyFor(`--${name}`, onlyFor));
    }
  }
  return {
    kind: 'run',
    settings: {
      subject,
      demo: values.demo === true,
      port: number(values, 'port'),
      host: host(string(values, 'host') ?? '127.0.0.1'),
      socket: string(values, 'socket'),
      lines: lines(string(values, 'lines')),
      bufferBytes: number(values, 'buffer-mib') * 1024 * 1024,
      maxLineBytes: number(values, 'max-line'),
      receiveTimeoutMs: number(values, 'receive-timeout') * 1000,
      heartbeatTimeoutMs: number(values, 'heartbeat-timeout') * 1000,
      maxClients: number(values, 'max-clients'),
      token: string(values, 'token'),
      tokenFile: string(values, 'token-file'),
      allowedOrigins: ((values['allow-origin'] as readonly string[] | undefined) ?? []).map(origin),
      certFile: string(values, 'cert'),
      keyFile: string(values, 'key'),
      block: values.block === true,
      exitOnEof: values['exit-on-eof'] === true,
      restart: values.restart === true,
      name: name(string(values, 'name')),
      verbose: values.verbose === true,
    },
  };
}

/** Separates options and the rest; wrong ones get a sentence instead of the runtime's wording. */
function split(args: readonly string[]): { values: Values; positionals: string[] } {
  const options = Object.fromEntries(
    SERVER_OPTIONS.map((option: OptionDefinition) => [
      option.name,
      { type: option.value ? ('string' as const) : ('boolean' as const), multiple: option.multiple === true },
    ]),
  );
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === 'option') {
      const definition = definitions.get(token.name);
      if (!definition) {
        throw new UsageError(texts.server.unknownOption(token.rawName));
      }
      if (
        definition.value &&
        (token.value === undefined || (token.inlineValue === false && token.value.startsWith('--')))
      ) {
        throw new UsageError(texts.server.missingValue(token.rawName));
      }
      if (!definition.value && token.value !== undefined) {
        throw new UsageError(texts.server.unwantedValue(token.rawName));
      }
    }
  }
  return { values, positionals };
}

function subjectOf(positionals: readonly string[], command: readonly string[] | undefined): Subject {
  if (command) {
    const [program, ...args] = command;
    if (program === undefined) {
      throw new UsageError(texts.server.emptyCommand);
    }
    if (positionals.length > 0) {
      throw new UsageError(texts.server.filesAndCommand);
    }
    return { kind: 'command', command: program, args };
  }
  if (positionals.length === 1 && positionals[0] === '-') {
    return { kind: 'stdin' };
  }
  if (positionals.includes('-')) {
    throw new UsageError(texts.server.filesAndInput);
  }
  return positionals.length > 0 ? { kind: 'files', patterns: positionals } : { kind: 'demo' };
}

/** What a person calls a source: on one line, with something in it. */
function name(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  if (trimmed === '') {
    throw new UsageError(texts.server.emptyName);
  }
  return trimmed === undefined ? undefined : onOneLine(trimmed);
}

/** A name or address as it is compared: in lower case, an IPv6 address without brackets. */
function host(text: string): string {
  return text.toLowerCase().replace(/^\[(.*)\]$/, '$1');
}

/** An origin as browsers send it: scheme, host and a port that is not the scheme's own. */
function origin(text: string): string {
  const wrong = () => new UsageError(texts.server.badOrigin(text));
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw wrong();
  }
  const rest = url.username + url.password + url.pathname.replace(/^\/$/, '') + url.search + url.hash;
  if (url.host === '' || rest !== '') {
    throw wrong();
  }
  // Not `url.origin`, which is "null" for schemes of one's own, such as an editor's or a browser extension's.
  return `${url.protocol}//${url.host}`;
}

function string(values: Values, name: ServerOptionName): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

function number(values: Values, name: ServerOptionName): number {
  const definition = definitions.get(name);
  const from = definition?.from ?? 0;
  const to = definition?.to ?? Number.MAX_SAFE_INTEGER;
  const unit = definition?.unit ?? '';
  const text = string(values, name);
  if (text === undefined) {
    return Number(definition?.default);
  }
  const value = Number(text);
  const fits = text.trim() !== '' && value >= from && value <= to && (unit === 'seconds' || Number.isInteger(value));
  if (!fits) {
    throw new UsageError(texts.server.badNumber(`--${name}`, text, from, to, unit));
  }
  return value;
}

function lines(text: string | undefined): LineCount {
  if (text === undefined) {
    return 1000;
  }
  if (text === 'all') {
    return 'all';
  }
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < 0) {
    throw new UsageError(texts.server.badLines(text));
  }
  return value;
}
