import type { ChildProcess } from 'node:child_process';
import { type AddressInfo, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';

/** Something that brings the bytes of a growing file here: ours, a peer, or the raw limit. */
export interface Contender {
  readonly name: string;
  /** Whether it follows what is appended, or only sends what is there. */
  readonly follows: boolean;
  /** It sends only what is appended after the connection. */
  readonly startsAtEnd?: boolean;
  /**
   * Starts it on a file, existing lines first. `onBytes` gets the pieces as they arrive; `lines`: the
   * newlines in them, where the contender's own client has counted them.
   */
  start(file: string, onBytes: (bytes: Uint8Array, lines?: number) => void): Promise<RunningContender>;
}

export interface RunningContender {
  /** Process that serves the file, to look at its memory. */
  readonly serverPid: number | undefined;
  stop(): Promise<void>;
}

/** Ends a child process and waits until it is gone. */
export async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

/** The first line a child prints that matches, or an error when it ends before. */
export function printed(child: ChildProcess, pattern: RegExp): Promise<RegExpMatchArray> {
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) {
        createInterface({ input: stream }).on('line', (line) => {
          const match = line.match(pattern);
          if (match) {
            resolve(match);
          }
        });
      }
    }
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${child.spawnfile} ended with code ${code} before it was ready`)));
  });
}

/** Opens a bare WebSocket and hands over what its messages hold. */
export function receiveRaw(url: string, onBytes: (bytes: Uint8Array) => void): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: 256 * 1024 * 1024 });
    socket.on('message', (data) => onBytes(data as Buffer));
    socket.once('open', () => resolve(socket));
    socket.once('error', reject);
  });
}

/** A port nobody listens on at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
