import { readFileSync, rmdirSync, unlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { systemClock } from '../../base/clock';
import { onOneLine } from '../../base/controlCharacters';
import { DisposableStore, toDisposable } from '../../base/disposable';
import { systemRandom } from '../../base/random';
import { SOCKET_FOLDER_PREFIX } from '../../protocol/socketAddress';
import { texts } from '../../text/texts';
import { CommandSources } from '../command/commandSource';
import { unmatchedPatterns } from '../file/filePatterns';
import { isLoopback } from '../http/accessRules';
import { absoluteSocketPath, checkSocketPath } from '../http/localSocket';
import { LogServer } from '../logServer';
import { createDemoSource } from '../ring/demoSource';
import { ServerLog } from '../ring/serverLog';
import { createStdinSource } from '../ring/stdinSource';
import { serverTimings } from '../serverTimings';
import { SourceSet } from '../sourceSet';
import { parseCommandLine, type ServerSettings } from './commandLine';
import { descriptorLimit, descriptorsForFiles } from './descriptors';
import { answerEditor, type EditorChannel, type EditorRequests } from './editorChannel';
import { findPortHolder, nextFreePort } from './portHolder';
import { describeOptions, SERVER_OPTIONS } from './serverOptions';
import { refusedSentence, settleTakenPort } from './takenPort';

const PROGRAM = 'live-log-server';
const VERSION = process.env.LIVE_LOG_STREAM_VERSION ?? '0.0.0';

/** What the process ends with. */
const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/** Something a person has to mend; its message is the sentence to show. */
class StartError extends Error {
  readonly exitCode: number;

  constructor(sentence: string, exitCode: number = EXIT.failed) {
    super(sentence);
    this.exitCode = exitCode;
  }
}

/** File names and values of options stand in sentences, so what could command a terminal is only shown. */
function complain(sentence: string): void {
  process.stderr.write(`${PROGRAM}: ${onOneLine(sentence)}\n`);
}

function readOptionFile(option: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new StartError(texts.server.cannotReadOption(option, path, (error as NodeJS.ErrnoException).code ?? ''));
  }
}

function readTls({ certFile, keyFile }: ServerSettings): { readonly cert: Buffer; readonly key: Buffer } | undefined {
  if (certFile === undefined || keyFile === undefined) {
    return undefined;
  }
  const cert = readOptionFile('--cert', certFile);
  const key = readOptionFile('--key', keyFile);
  const check = (part: SecureContextOptions, sentence: (detail: string) => string) => {
    try {
      createSecureContext(part);
    } catch (error) {
      // OpenSSL's own word, such as "no start line", where there is one.
      const { reason, message } = error as Error & { readonly reason?: string };
      throw new StartError(sentence(reason ?? message));
    }
  };
  check({ cert }, (detail) => texts.server.badCertificate(certFile, detail));
  check({ key }, (detail) => texts.server.badKey(keyFile, detail));
  check({ cert, key }, (detail) => texts.server.keyOfOther(certFile, keyFile, detail));
  return { cert, key };
}

function findToken(settings: ServerSettings): string | undefined {
  if (settings.token !== undefined) {
    complain(texts.server.tokenVisible);
  }
  const token =
    settings.tokenFile === undefined
      ? (settings.token ?? (process.env.LOG_STREAM_TOKEN || undefined))
      : readOptionFile('--token-file', settings.tokenFile).toString('utf8').trim();
  if (token === '') {
    throw new StartError(texts.server.emptyToken, EXIT.usage);
  }
  if (token === undefined && !isLoopback(settings.host)) {
    throw new StartError(texts.server.tokenNeeded(settings.host), EXIT.usage);
  }
  return token;
}

/** Where to listen, if on a local socket. */
function findSocket({ socket }: ServerSettings): string | undefined {
  if (socket === undefined) {
    return undefined;
  }
  const path = absoluteSocketPath(socket);
  const problem = checkSocketPath(path, process.platform);
  if (problem !== null) {
    throw new StartError(problem, EXIT.usage);
  }
  return path;
}

/**
 * At the end of the process: takes the socket away, which stays where a process ends at once. The folder
 * around it was made for us by an editor that may be gone by now; nobody else's folder is touched, and
 * none that holds anything.
 */
function cleanUpSocket(path: string, isOurs: boolean, startedByEditor: boolean): void {
  if (process.platform === 'win32') {
    return;
  }
  try {
    if (isOurs) {
      unlinkSync(path);
    }
    const folder = dirname(path);
    if (startedByEditor && basename(folder).startsWith(SOCKET_FOLDER_PREFIX)) {
      rmdirSync(folder);
    }
  } catch {
    // Removed by the editor, or not empty.
  }
}

/** Adds standard input, or what a command writes, if that is what is served; gives the command. */
function addStream(settings: ServerSettings, sources: SourceSet, held: DisposableStore): CommandSources | undefined {
  const { subject, bufferBytes, maxLineBytes } = settings;
  const stream = { capacityBytes: bufferBytes, maxLineBytes, clock: systemClock };
  if (subject.kind === 'stdin') {
    const { source, feed } = createStdinSource(process.stdin, stream, settings.block, settings.name);
    held.add(feed);
    sources.add(source);
  }
  if (subject.kind !== 'command') {
    return undefined;
  }
  const command = held.add(
    new CommandSources({
      ...stream,
      command: subject.command,
      args: subject.args,
      name: settings.name,
      restart: settings.restart,
      onNotStarted: complain,
    }),
  );
  for (const source of command.sources) {
    sources.add(source);
  }
  command.start();
  return command;
}

/** Adds the files that the command line names, and says of each that cannot be read why. */
async function addFiles(patterns: readonly string[], sources: SourceSet): Promise<void> {
  const named = await sources.addFiles(patterns);
  for (const { problem } of named) {
    if (problem) {
      complain(problem);
    }
  }
  for (const pattern of await unmatchedPatterns(patterns)) {
    complain(texts.server.waitingForMatches(pattern));
  }
  if (named.length > 0 && named.every(({ state }) => state === 'failed')) {
    throw new StartError(texts.server.nothingToServe);
  }
}

function addDemo(sources: SourceSet, serverLog: ServerLog, held: DisposableStore): void {
  const demo = createDemoSource(systemClock, systemRandom);
  held.add(demo.feed);
  sources.add(demo.source);
  sources.add(serverLog.source);
}

/** An error as whoever runs the server reports it: with the place where it arose. */
function detailOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Why a port could not be opened that nobody has taken. */
function portSentence(error: unknown, host: string, port: number): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EACCES') {
    return texts.server.portForbidden(port);
  }
  return texts.server.cannotListen(host, port, message);
}

/** Why a local socket could not be opened. */
function socketSentence(error: unknown, path: string): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'EADDRINUSE' ? texts.server.socketTaken(path) : texts.server.cannotListenOnSocket(path, message);
}

/** Who has taken a port, where nobody can be asked for another. */
async function takenSentence(host: string, port: number): Promise<string> {
  const holder = await findPortHolder(host, port, systemClock);
  return refusedSentence(host, port, holder, await nextFreePort(host, port));
}

/** What the editor that started this server may ask of it. */
function editorRequests(server: LogServer, { host }: ServerSettings, token: string | undefined): EditorRequests {
  return {
    async openPort(port) {
      if (token === undefined) {
        throw new Error(texts.server.pageNeedsToken);
      }
      try {
        return await server.openPort(port);
      } catch (error) {
        const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
        throw new Error(isTaken ? await takenSentence(host, port) : portSentence(error, host, port));
      }
    },
    issueTicket: (origin) => server.issueTicket(origin),
  };
}

/** Asks on the terminal, and gives the line that was typed; an end of input answers as "no" does. */
function askOnTerminal(sentence: string, question: string): Promise<string> {
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

/** Starts to listen; where the port is taken, says by whom, and offers the next free one. */
async function listen(server: LogServer, settings: ServerSettings): Promise<string> {
  const { host } = settings;
  // What is typed may be the stream itself.
  const canAsk = process.stdin.isTTY && process.stderr.isTTY && settings.subject.kind !== 'stdin';
  for (let port = settings.port; ; ) {
    try {
      return await server.start(port);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') {
        throw new StartError(portSentence(error, host, port));
      }
    }
    const taken = port;
    const settled = await settleTakenPort(host, taken, {
      findHolder: () => findPortHolder(host, taken, systemClock),
      nextFree: () => nextFreePort(host, taken),
      ...(canAsk ? { ask: askOnTerminal } : {}),
    });
    if (settled.kind === 'refused') {
      throw new StartError(settled.sentence);
    }
    port = settled.port;
  }
}

async function run(settings: ServerSettings): Promise<void> {
  const held = new DisposableStore();
  const token = findToken(settings);
  // For us alone: a command that is followed would inherit it, and whatever that starts.
  delete process.env.LOG_STREAM_TOKEN;
  const socket = findSocket(settings);
  const startedByEditor = process.send !== undefined;
  const tls = readTls(settings);
  const serverLog = new ServerLog(systemClock, settings.verbose, (line) => process.stderr.write(`${line}\n`));
  // The last net: one client's or one file's trouble that slipped through must not end it for all.
  process.on('unhandledRejection', (reason) => serverLog.write('warn', texts.server.unexpectedError(detailOf(reason))));
  const { subject } = settings;
  const limit = subject.kind === 'files' ? descriptorLimit() : Number.POSITIVE_INFINITY;
  const sources = held.add(
    new SourceSet({
      clock: systemClock,
      maxLineBytes: settings.maxLineBytes,
      capacityBytes: settings.bufferBytes,
      mostFiles: descriptorsForFiles(limit),
      onLeftOut: (paths) => complain(texts.server.leftOutFiles(paths, limit)),
    }),
  );
  let server: LogServer | undefined;
  let command: CommandSources | undefined;
  let stopping: Promise<void> | undefined;
  let ownsSocket = false;
  const stop = (exitCode: number): Promise<void> => {
    stopping ??= (async () => {
      serverLog.write('info', texts.server.stopping);
      try {
        const stopped = server?.stop();
        // It took its socket away itself; another server may listen there from now on.
        ownsSocket = false;
        await Promise.all([stopped, command?.end()]);
      } finally {
        process.exit(exitCode);
      }
    })();
    return stopping;
  };
  // However the process ends by itself, nothing it started may be left.
  process.on('exit', () => held.dispose());
  if (socket !== undefined) {
    held.add(toDisposable(() => cleanUpSocket(socket, ownsSocket, startedByEditor)));
  }
  // SIGHUP: the terminal was closed. Windows sends it too, and SIGBREAK for Ctrl+Break.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const) {
    if (signal !== 'SIGBREAK' || process.platform === 'win32') {
      process.on(signal, () => void stop(EXIT.ok));
    }
  }
  // Started by the editor: when the channel closes, the editor is gone.
  process.on('disconnect', () => void stop(EXIT.ok));
  // Whoever read our output may go; that must not end the server.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  try {
    command = addStream(settings, sources, held);
    const endsWithSources = subject.kind !== 'files' && subject.kind !== 'demo' && settings.exitOnEof;
    let admit = () => {};
    const ready = new Promise<void>((resolve) => {
      admit = resolve;
    });
    server = new LogServer({
      clock: systemClock,
      host: settings.host,
      port: settings.port,
      socket,
      lines: settings.lines,
      timings: serverTimings(settings.receiveTimeoutMs, settings.heartbeatTimeoutMs),
      maxClients: settings.maxClients,
      token,
      allowedOrigins: settings.allowedOrigins,
      tls,
      pageFolder: join(__dirname, 'viewer'),
      version: VERSION,
      sources,
      serverLog,
      ready,
      endWithSources: endsWithSources,
      // One that starts again by itself, or takes the server with it, leaves nothing to run again.
      command: settings.restart || endsWithSources ? undefined : command,
    });
    let url: string;
    if (socket === undefined) {
      url = await listen(server, settings);
    } else {
      try {
        url = await server.start();
      } catch (error) {
        throw new StartError(socketSentence(error, socket));
      }
      ownsSocket = true;
    }
    // Behind the port, which files of any number must not take the last descriptor of.
    if (subject.kind === 'files') {
      await addFiles(subject.patterns, sources);
    }
    if (subject.kind === 'demo' || settings.demo) {
      addDemo(sources, serverLog, held);
    }
    admit();
    if (startedByEditor) {
      const editor: EditorChannel = {
        on: (event, listener) => process.on(event, listener),
        // The editor may go at any time; that ends this process.
        send: (answer) => process.connected && process.send?.(answer, undefined, undefined, () => undefined),
      };
      answerEditor(editor, editorRequests(server, settings, token));
    }
    process.stdout.write(`${onOneLine(texts.server.ready(url))}\n`);
    if (endsWithSources) {
      const ended = () => {
        if (server?.endsWithSources()) {
          // Clients that are still reading get their time: their sessions end by themselves.
          const wait = () => {
            server?.closeEnded();
            if (server?.clientCount === 0) {
              void stop(EXIT.ok);
            } else {
              systemClock.schedule(50, wait);
            }
          };
          wait();
        }
      };
      for (const source of sources.all) {
        held.add(source.onDidChange(ended));
      }
      ended();
    }
  } catch (error) {
    await command?.end();
    throw error;
  }
}

function main(): void {
  const commandLine = parseCommandLine(process.argv.slice(2));
  switch (commandLine.kind) {
    case 'help':
      process.stdout.write(`${texts.server.usage(PROGRAM, describeOptions(SERVER_OPTIONS))}\n`);
      return;
    case 'version':
      process.stdout.write(`${VERSION}\n`);
      return;
    case 'wrong':
      complain(`${commandLine.sentence} ${texts.server.seeHelp(PROGRAM)}`);
      process.exitCode = EXIT.usage;
      return;
    case 'run':
      run(commandLine.settings).catch((error: unknown) => {
        complain(error instanceof Error ? error.message : String(error));
        process.exit(error instanceof StartError ? error.exitCode : EXIT.failed);
      });
  }
}

main();
