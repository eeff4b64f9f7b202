import { spawn, spawnSync } from 'node:child_process';
import { type Contender, endProcess, freePort, printed, receiveRaw } from './contender';

/** websocketd around `tail`, binary frames: its faster way. */
const websocketd: Contender = {
  name: 'websocketd --binary tail -F',
  follows: true,
  async start(file, onBytes) {
    const port = await freePort();
    const options = ['--binary', `--port=${port}`, '--address=127.0.0.1'];
    const child = spawn('websocketd', [...options, 'tail', '-n', '+1', '-F', file], { detached: true });
    await printed(child, /Serving using application|Starting WebSocket server/);
    const socket = await receiveRaw(`ws://127.0.0.1:${port}/`, onBytes);
    return {
      serverPid: child.pid,
      async stop() {
        socket.close();
        await new Promise((resolve) => socket.once('close', resolve));
        await endProcess(child);
      },
    };
  },
};

/** The contender, where the program is installed. */
export function installedWebsocketd(): Contender | undefined {
  return spawnSync('websocketd', ['--version']).error === undefined ? websocketd : undefined;
}
