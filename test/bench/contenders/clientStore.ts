import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { systemClock } from '../../../src/base/clock';
import { systemRandom } from '../../../src/base/random';
import { Connection } from '../../../src/client/connection';
import { createMemoryStorage } from '../../../src/client/learned';
import { nodeTransport } from '../../../src/client/nodeTransport';
import { createByteScanner, useByteScanner } from '../../../src/store/byteScanner';
import { LogIntake } from '../../../src/view/logIntake';
import { repositoryRoot } from '../../support/testCache';
import { type Contender, endProcess, printed } from './contender';

const MEBIBYTE = 1024 * 1024;

/** The product: its server as built, and its client with the store in this process, as in an extension host. */
export const clientStore: Contender = {
  name: 'live-log-server → client store',
  follows: true,
  async start(file, onBytes) {
    useByteScanner(createByteScanner());
    const server = spawn(process.execPath, [join(repositoryRoot, 'dist/server.js'), '--port', '0', file]);
    const [, url] = await printed(server, /listening on http(:\/\/\S+)/);
    const intake = new LogIntake(1024 * MEBIBYTE, systemClock);
    const connection = new Connection(
      { name: 'bench', url: `ws${url}/ws`, lines: 'all' },
      { clock: systemClock, random: systemRandom, transport: nodeTransport, memory: createMemoryStorage() },
    );
    connection.onLines((frame) => {
      const before = intake.store.endRow;
      intake.takeLines(frame);
      // The store finds every newline itself; counting them again would be work the product does not do.
      onBytes(frame.bytes, intake.store.endRow - before);
    });
    connection.connect();
    return {
      serverPid: server.pid,
      async stop() {
        connection.dispose();
        await endProcess(server);
      },
    };
  },
};
