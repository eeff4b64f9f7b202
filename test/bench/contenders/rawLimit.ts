import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Contender, endProcess, printed, receiveRaw } from './contender';

/** `ws` frames of 256 KiB from memory, newlines counted: nothing built on `ws` can be faster. */
export const rawLimit = contender('raw limit: ws, 256 KiB frames from memory', false);

/**
 * The same, and the client keeps what it gets, as a store must. On a fast machine most of the
 * difference is the system clearing the pages of the memory that is kept.
 */
export const rawLimitKept = contender('raw limit, every frame kept', true);

function contender(name: string, keeps: boolean): Contender {
  return {
    name,
    follows: false,
    async start(file, onBytes) {
      const child = spawn(process.execPath, ['--require', 'tsx/cjs', join(__dirname, '../peers/rawSender.ts'), file]);
      const [, port] = await printed(child, /^(\d+)$/);
      const kept: Uint8Array[] = [];
      const socket = await receiveRaw(`ws://127.0.0.1:${port}`, (bytes) => {
        if (keeps) {
          kept.push(bytes);
        }
        onBytes(bytes);
      });
      return {
        serverPid: child.pid,
        async stop() {
          socket.terminate();
          await endProcess(child);
        },
      };
    },
  };
}
