import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Contender, endProcess, printed } from './contender';

const DIST = join(__dirname, '../../../dist');

/** The product's server and terminal client, as built. */
export const terminalClient: Contender = {
  name: 'live-log-server → live-log-tail in a pipe',
  follows: true,
  async start(file, onBytes) {
    const server = spawn(process.execPath, [join(DIST, 'server.js'), '--port', '0', file]);
    const [, url] = await printed(server, /listening on http(:\/\/\S+)/);
    const client = spawn(process.execPath, [join(DIST, 'tail.js'), '--lines', 'all', `ws${url}`], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    client.stdout.on('data', onBytes);
    return {
      serverPid: server.pid,
      async stop() {
        await endProcess(client);
        await endProcess(server);
      },
    };
  },
};
