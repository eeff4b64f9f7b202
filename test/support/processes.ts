import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Every process a test starts goes through {@link startProcess}, so that none outlives the run:
 * they are killed, with their children, when this process ends, is interrupted or is terminated.
 */
const running = new Set<ChildProcess>();
let exitHooksInstalled = false;
let interrupted = false;

/** How long a process may take to end after it was asked to, before it is killed, in ms. */
const gracePeriodMs = 3000;

function installExitHooks(): void {
  if (exitHooksInstalled) {
    return;
  }
  exitHooksInstalled = true;
  process.on('exit', () => signalAll('SIGKILL'));
  for (const [signal, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ] as const) {
    process.once(signal, () => {
      interrupted = true;
      // First politely: a child that is one of our own runners ends what it started itself.
      signalAll('SIGTERM');
      const exit = () => process.exit(128 + number);
      const exitOnceAlone = () => running.size === 0 && exit();
      setInterval(exitOnceAlone, 50);
      setTimeout(exit, gracePeriodMs);
    });
  }
}

function signalAll(signal: NodeJS.Signals): void {
  for (const child of running) {
    signalTree(child, signal);
  }
}

/** Signals a process and what it started. On Windows there are no process groups: `taskkill /T`. */
function signalTree(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) {
    return;
  }
  if (process.platform === 'win32') {
    spawn('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore' });
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // ESRCH: the group has ended already.
  }
}

/**
 * Starts a process in a group of its own; it is killed with this one.
 *
 * @throws Error once this process was interrupted: what would be started then could outlive it.
 */
export function startProcess(command: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
  installExitHooks();
  if (interrupted) {
    throw new Error(`Interrupted: ${command} is not started any more.`);
  }
  const child = spawn(command, args, { ...options, detached: process.platform !== 'win32' });
  running.add(child);
  child.once('close', () => running.delete(child));
  child.once('error', () => running.delete(child));
  return child;
}

/** Asks a process and its children to end; kills them after three seconds. Resolves once ended. */
export async function stopProcess(child: ChildProcess): Promise<void> {
  if (!running.has(child)) {
    return;
  }
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  signalTree(child, 'SIGTERM');
  const kill = setTimeout(() => signalTree(child, 'SIGKILL'), gracePeriodMs);
  await closed;
  clearTimeout(kill);
  // A grandchild may have ignored SIGTERM and let go of our pipes; the group is still ours.
  signalTree(child, 'SIGKILL');
}

/** How a process that was run to its end came out. */
export interface ProcessOutcome {
  /** Exit code, or 128 + n for an end by signal, or 127 when it could not be started. */
  readonly code: number;
  /** The last 4000 characters of both outputs, for a message. */
  readonly tail: string;
}

/** Where a process's output goes besides {@link ProcessOutcome.tail}. */
export interface RunOptions extends SpawnOptions {
  /** Write both outputs to this file. */
  readonly logFile?: string;
  /** Pass both outputs through to ours. */
  readonly echo?: boolean;
}

/** Runs a process to its end, without standard input. Never throws for a failing process. */
export async function runProcess(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<ProcessOutcome> {
  const { logFile, echo, ...spawnOptions } = options;
  if (logFile) {
    mkdirSync(dirname(logFile), { recursive: true });
  }
  const log = logFile ? createWriteStream(logFile, { flags: 'a' }) : undefined;
  log?.write(`$ ${command} ${args.join(' ')}\n`);
  const child = startProcess(command, args, {
    ...spawnOptions,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let tail = '';
  const collect = (sink: NodeJS.WriteStream) => (chunk: Buffer) => {
    log?.write(chunk);
    if (echo) {
      sink.write(chunk);
    }
    tail = (tail + chunk.toString('utf8')).slice(-4000);
  };
  child.stdout?.on('data', collect(process.stdout));
  child.stderr?.on('data', collect(process.stderr));
  const code = await new Promise<number>((resolve) => {
    child.once('error', (error) => {
      tail += error.message;
      resolve(127);
    });
    child.once('close', (exitCode, signal) => resolve(exitCode ?? (signal === 'SIGKILL' ? 137 : 143)));
  });
  log?.end();
  return { code, tail: tail.trim() };
}
