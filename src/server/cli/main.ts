import { join } from 'node:path';
import { systemClock } from '../../base/clock';
import { onOneLine } from '../../base/controlCharacters';
import { DisposableStore } from '../../base/disposable';
import { texts } from '../../text/texts';
import type { CommandSources } from '../command/commandSource';
import { LogServer } from '../logServer';
import { ServerLog } from '../ring/serverLog';
import { serverTimings } from '../serverTimings';
import { takeToken } from './accessToken';
import { parseCommandLine, type ServerSettings } from './commandLine';
import { serveEditor } from './editorRequests';
import { listenOnPort, listenOnSocket } from './listening';
import { OwnSocket } from './ownSocket';
import { ProcessEnd } from './processEnd';
import { describeOptions, SERVER_OPTIONS } from './serverOptions';
import { EXIT, StartError } from './startError';
import { endWithStream } from './streamEnd';
import { addDemo, addFiles, addStream, createSourceSet } from './subjectSources';
import { complain, PROGRAM } from './terminal';
import { readTls } from './tlsFiles';

const VERSION = process.env.LIVE_LOG_STREAM_VERSION ?? '0.0.0';

/** An error as whoever runs the server reports it: with the place where it arose. */
function detailOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

async function run(settings: ServerSettings): Promise<void> {
  const { subject } = settings;
  const held = new DisposableStore();
  const token = takeToken(settings);
  const startedByEditor = process.send !== undefined;
  const socket = settings.socket === undefined ? undefined : new OwnSocket(settings.socket, startedByEditor);
  const tls = readTls(settings);
  const serverLog = new ServerLog(systemClock, settings.verbose, (line) => process.stderr.write(`${line}\n`));
  // The last net: one client's or one file's trouble that slipped through must not end it for all.
  process.on('unhandledRejection', (reason) => serverLog.write('warn', texts.server.unexpectedError(detailOf(reason))));
  const sources = held.add(createSourceSet(settings));
  if (socket !== undefined) {
    held.add(socket);
  }
  let server: LogServer | undefined;
  let command: CommandSources | undefined;
  const processEnd = new ProcessEnd(() => {
    serverLog.write('info', texts.server.stopping);
    const stopped = server?.stop();
    socket?.closed();
    return Promise.all([stopped, command?.end()]);
  }, held);
  processEnd.listen();
  try {
    command = addStream(settings, sources, held);
    const endWithSources = subject.kind !== 'files' && subject.kind !== 'demo' && settings.exitOnEof;
    let admit = () => {};
    const ready = new Promise<void>((resolve) => {
      admit = resolve;
    });
    server = new LogServer({
      clock: systemClock,
      host: settings.host,
      port: settings.port,
      socket: socket?.path,
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
      endWithSources,
      // One that starts again by itself, or takes the server with it, leaves nothing to run again.
      command: settings.restart || endWithSources ? undefined : command,
    });
    const url = await (socket === undefined ? listenOnPort(server, settings) : listenOnSocket(server, socket));
    // Behind the port, which files of any number must not take the last descriptor of.
    if (subject.kind === 'files') {
      await addFiles(subject.patterns, sources);
    }
    if (subject.kind === 'demo' || settings.demo) {
      addDemo(sources, serverLog, held);
    }
    admit();
    if (startedByEditor) {
      serveEditor(server, settings.host, token);
    }
    process.stdout.write(`${onOneLine(texts.server.ready(url))}\n`);
    if (endWithSources) {
      endWithStream(server, sources, held, () => void processEnd.stop());
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
