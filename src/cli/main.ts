import { terminalTexts } from '../text/terminal';
import { readCommandLine } from './options';
import { tail } from './tail';

const version = process.env.LIVE_LOG_STREAM_VERSION ?? '0.0.0';

function writeError(text: string): void {
  process.stderr.write(text);
}

// Whoever closed standard error is not interested in it.
process.stderr.on('error', () => {});

process.on('uncaughtException', (error: NodeJS.ErrnoException) => {
  writeError(terminalTexts.line(terminalTexts.internal(error.code ?? error.message)));
  process.exit(1);
});

function onInterrupt(callback: () => void): void {
  // Windows sends SIGBREAK for Ctrl+Break, and SIGHUP when its console is closed.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const) {
    if (signal !== 'SIGBREAK' || process.platform === 'win32') {
      process.on(signal, callback);
    }
  }
}

async function main(): Promise<number> {
  const command = readCommandLine(process.argv.slice(2));
  switch (command.kind) {
    case 'help':
      process.stdout.write(command.text);
      return 0;
    case 'version':
      process.stdout.write(terminalTexts.version(version));
      return 0;
    case 'problem':
      writeError(terminalTexts.line(command.problem));
      return 2;
    case 'run':
      return tail(command.options, { stdout: process.stdout, writeError, onInterrupt });
  }
}

void main().then((code) => {
  process.exitCode = code;
  // What is still on its way to standard error goes out first; a hung reader of it is not awaited.
  process.stderr.write('', () => process.exit(code));
  setTimeout(() => process.exit(code), 500).unref();
});
