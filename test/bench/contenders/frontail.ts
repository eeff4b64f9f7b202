import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { testCacheDirectory } from '../../support/testCache';
import { type Contender, endProcess, freePort } from './contender';

const FOLDER = join(testCacheDirectory(), 'bench');
const PROGRAM = join(FOLDER, 'node_modules/frontail/bin/frontail');
const encoder = new TextEncoder();

/** Installs frontail outside of the project, once; undefined where that cannot be had. */
export function installedFrontail(): Contender | undefined {
  if (!existsSync(PROGRAM)) {
    console.log('Fetching frontail for comparison (once) …');
    mkdirSync(FOLDER, { recursive: true });
    spawnSync('npm', ['install', '--prefix', FOLDER, '--no-audit', '--no-fund', 'frontail@4'], {
      stdio: 'ignore',
      shell: process.platform === 'win32',
    });
  }
  return existsSync(PROGRAM) ? frontail : undefined;
}

/**
 * frontail, whose page talks socket.io 2 (engine.io 3 over WebSocket): one event a line. It sends
 * only what is appended after the connection.
 */
const frontail: Contender = {
  name: 'frontail 4 (one event a line)',
  follows: true,
  startsAtEnd: true,
  async start(file, onBytes) {
    const port = await freePort();
    const child = spawn(process.execPath, [
      PROGRAM,
      '--port',
      String(port),
      '--host',
      '127.0.0.1',
      '--number',
      '0',
      '--disable-usage-stats',
      file,
    ]);
    child.stdout.resume();
    await untilOpen(port);
    const socket = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=3&transport=websocket`);
    socket.on('message', (data: Buffer) => {
      const text = data.toString();
      const payload = /^42\/[^,]*,(\[.*)$/s.exec(text)?.[1];
      if (payload !== undefined) {
        const [event, line] = JSON.parse(payload) as [string, string];
        if (event === 'line') {
          onBytes(encoder.encode(`${line}\n`));
        }
      } else if (text === '40') {
        // Its namespace is a digest of the file's path, which only its page tells.
        void fetch(`http://127.0.0.1:${port}/`)
          .then((page) => page.text())
          .then((html) => socket.send(`40/${/io\.connect\('\/([^']+)'/.exec(html)?.[1] ?? ''}`));
      }
    });
    await new Promise<void>((resolve) => {
      socket.on('message', (data: Buffer) => /^40\//.test(data.toString()) && resolve());
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

async function untilOpen(port: number): Promise<void> {
  for (;;) {
    const answered = await fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
    if (answered) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
