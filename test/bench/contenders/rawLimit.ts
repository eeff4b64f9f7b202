import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Contender, endProcess, printed, receiveRaw } from './contender';

/** `ws` frames of 256 KiB from memory, newlines counted: nothing built on `ws` can be faster. */
export const rawLimit: Contender = {
  name: 'raw limit: ws, 256 KiB frames from memory',
  follows: false,
  async start(file, onBytes) {
    const child = spawn(process.execPath, ['--require', 'tsx/cjs', join(__dirname, '../peers/rawSender.ts'), file]);
    const [, port] = await printed(child, /^(\d+)$/);
    const socket = await receiveRaw(`ws://127.0.0.1:${port}`, onBytes);
    return {
      serverPid: child.pid,
      async stop() {
        socket.terminate();
        await endProcess(child);
      },
    };
  },
};
