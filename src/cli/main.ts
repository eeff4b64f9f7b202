import { systemClock } from '../base/clock';
import { createByteScanner, useByteScanner } from '../store/byteScanner';
import { terminalTexts } from '../text/terminal';
import { readCommandLine } from './options';
import { standardOutput } from './standardOutput';
import { StatusLines } from './statusLines';
import { tail } from './tail';

/** How this run says what happens; options decide it. */
let status = statusLines('text');

const version = process.env.LIVE_LOG_STREAM_VERSION ?? '0.0.0';

function statusLines(format: 'text' | 'json'): StatusLines {
  return new StatusLines(format, () => systemClock.wallTime(), writeError);
}

function writeError(text: string): void {
  process.stderr.write(text);
}

// Whoever closed standard error is not interested in it.
process.stderr.on('error', () => {});

process.on('uncaughtException', (error: NodeJS.ErrnoException) => {
  const sentence = terminalTexts.internal(error.code ?? error.message);
  status.notice({ state: 'failed', attempt: 0 }, 'internal', sentence);
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
      useByteScanner(createByteScanner());
      status = statusLines(command.options.status);
      return tail(command.options, { stdout: standardOutput(), status, onInterrupt });
  }
}

void main().then((code) => {
  process.exitCode = code;
  // What is still on its way to standard error goes out first; a hung reader of it is not awaited.
  process.stderr.write('', () => process.exit(code));
  setTimeout(() => process.exit(code), 500).unref();
});
