import { join } from 'node:path';
import { startProcess } from '../../support/processes';
import { repositoryRoot } from '../../support/testCache';

/** A log server that someone else runs. */
export interface OutsideServer {
  readonly port: number;
  readonly url: string;
  /** Ends it without a goodbye, as a crash does. */
  kill(): Promise<void>;
}

/** Starts the bundled server on a file, as `npm start` does; resolves at its ready line. */
export function startOutsideServer(file: string, port: number): Promise<OutsideServer> {
  const program = join(repositoryRoot, 'dist', 'server.js');
  const child = startProcess(process.execPath, [program, '--port', String(port), '--lines', 'all', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return new Promise((resolve, reject) => {
    const collect = (chunk: Buffer) => {
      output += chunk.toString('utf8');
      const found = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(output)?.[1];
      if (found !== undefined) {
        resolve({
          port: Number(found),
          url: `ws://127.0.0.1:${found}/ws`,
          async kill() {
            child.kill('SIGKILL');
            await closed;
          },
        });
      }
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    void closed.then(() => reject(new Error(`The log server ended: ${output}`)));
  });
}

const levels = ['INFO', 'DEBUG', 'WARN', 'INFO', 'ERROR'];
const messages = [
  'GET /orders/7 200 in 12 ms',
  'cache miss for user 42',
  'retrying payment, second attempt',
  'order 7 shipped',
  'cannot reach inventory: connection refused',
];

/** Lines of a service's log, numbered from `first` to `last`. */
export function lines(first: number, last: number): string {
  let text = '';
  for (let number = first; number <= last; number++) {
    const time = new Date(Date.UTC(2026, 0, 1, 12, 0, number)).toISOString();
    text += `${time} ${levels[number % 5]} ${name(number)} ${messages[number % 5]}\n`;
  }
  return text;
}

function name(number: number): string {
  return `req-${String(number).padStart(4, '0')}`;
}

/** How often each of the lines 1 to `last` stands in a text. */
export function countOfEach(text: string, last: number): number[] {
  return Array.from({ length: last }, (_, index) => text.split(name(index + 1)).length - 1);
}

/** Waits until it is so; fails after the deadline with what was there instead. */
export async function eventually(
  what: string,
  look: () => Promise<boolean>,
  seen: () => Promise<string>,
  deadlineMs = 20_000,
): Promise<void> {
  const end = Date.now() + deadlineMs;
  while (!(await look())) {
    if (Date.now() > end) {
      throw new Error(`${what}: not within ${deadlineMs / 1000} s, but:\n${await seen()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
