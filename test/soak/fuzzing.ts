import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { type Random, seededRandom } from '../../src/base/random';
import { freshSeed } from '../support/schedules';
import { ServerProcess } from '../support/serverProcess';
import { StreamClient } from '../support/streamClient';
import { createTemporaryDirectory } from '../support/temporaryDirectory';

const AT_ONCE = 16;

/** Pieces that real messages are made of, so that many inputs get past the first check. */
const SEEDS = [
  '{"type":"hello","version":1,"clientId":"fuzz","heartbeatMs":9000,"lines":10}',
  '{"type":"hello","version":1,"clientId":"fuzz","heartbeatMs":9000,"lines":"all","resume":[{"source":"SOURCE","epoch":"e","nextSeq":5,"cursor":"1;1-1;0-;0-5;0-"}]}',
  '{"type":"history","source":"SOURCE","beforeSeq":0,"cursor":"1;1-1;0-;0-5;0-","lines":100}',
  '{"type":"subscribe","sources":["SOURCE"]}',
  '{"type":"ping","id":1}',
  '{"type":"pong","id":-1}',
];
const REQUESTS = [
  'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  'GET /healthz HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n\r\n',
];

function whole(random: Random, limit: number): number {
  return Math.floor(random.next() * limit);
}

function randomBytes(random: Random, limit: number): Buffer {
  return Buffer.from(Array.from({ length: whole(random, limit) }, () => whole(random, 256)));
}

/** Changes, removes, doubles or inserts a few bytes. */
function mutated(random: Random, input: string): Buffer {
  let bytes = Buffer.from(input);
  for (let change = whole(random, 6); change > 0; change--) {
    const at = whole(random, bytes.length);
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
    const kind = whole(random, 4);
    bytes =
      kind === 0
        ? Buffer.concat([before, randomBytes(random, 8), after])
        : kind === 1
          ? Buffer.concat([before, after.subarray(whole(random, 10))])
          : kind === 2
            ? Buffer.concat([before, before.subarray(-whole(random, 30)), after])
            : Buffer.concat([
                before,
                Buffer.from(['"', '{', '}', '[', ',', '1e400', 'null', '-1', '\\u0000'][whole(random, 9)] ?? ''),
                after,
              ]);
  }
  return bytes;
}

/** Sends something over a WebSocket of its own, and waits until it is closed or nothing more comes. */
function overSocket(
  url: string,
  inputs: readonly { readonly bytes: Buffer; readonly binary: boolean }[],
): Promise<void> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, Math.random() < 0.8 ? 'logstream.v1' : []);
    const end = () => {
      socket.terminate();
      resolve();
    };
    socket.on('error', end);
    socket.on('close', () => resolve());
    socket.on('open', () => {
      for (const { bytes, binary } of inputs) {
        socket.send(bytes, { binary });
      }
      // An answer to this comes only after everything before was dealt with.
      socket.ping();
    });
    socket.on('pong', end);
  });
}

function overTcp(port: number, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const socket = connectTcp(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.on('close', () => resolve());
    socket.resume();
    socket.setTimeout(300, () => socket.destroy());
    socket.end(bytes);
  });
}

/**
 * Throws random and nearly right input at a server: messages, frames, requests, and the content of
 * the file it follows, while a client reads. The server has to live, and the client to have every byte.
 */
export async function soakFuzzing(inputs: number, seed: number = freshSeed()): Promise<void> {
  console.log(`Fuzzing from seed ${seed} on.`);
  const random = seededRandom(seed);
  const folder = await createTemporaryDirectory('fuzz');
  const file = join(folder.path, 'app.log');
  writeFileSync(file, '');
  const server = await ServerProcess.start([file]);
  const reader = await StreamClient.connect(server.url);
  const heartbeat = setInterval(() => reader.send({ type: 'ping', id: 1 }), 5000);
  let given = 0;
  const input = async () => {
    const kind = random.next();
    if (kind < 0.7) {
      const count = 1 + whole(random, 20);
      const messages = Array.from({ length: count }, (_, at) => {
        const base = (
          SEEDS[at === 0 && random.next() < 0.7 ? whole(random, 2) : whole(random, SEEDS.length)] ?? ''
        ).replace('SOURCE', file);
        return {
          bytes:
            random.next() < 0.4
              ? Buffer.from(base)
              : random.next() < 0.9
                ? mutated(random, base)
                : randomBytes(random, 300),
          binary: random.next() < 0.05,
        };
      });
      given += count;
      await overSocket(server.url, messages);
    } else if (kind < 0.85) {
      given++;
      await overTcp(server.port, mutated(random, REQUESTS[whole(random, REQUESTS.length)] ?? ''));
    } else {
      given++;
      appendFileSync(
        file,
        random.next() < 0.5 ? randomBytes(random, 2000) : mutated(random, 'INFO \u001b[31mline\u001b[0m\n'),
      );
    }
  };
  let told = 0;
  while (given < inputs) {
    await Promise.all(Array.from({ length: AT_ONCE }, input));
    assert.equal(
      reader.closeCode,
      undefined,
      `the reader was closed: ${reader.closeReason}\n${server.errors.slice(-2000)}`,
    );
    if (given - told >= 20_000) {
      told = given;
      console.log(`${given.toLocaleString('en')} inputs given, the server is well.`);
    }
  }
  appendFileSync(file, '\n');
  await reader.until('every byte', () => reader.bytes().length === readFileSync(file).length, 30_000);
  assert.ok(reader.bytes().equals(readFileSync(file)), 'byte for byte');
  assert.deepEqual(reader.problems, []);
  assert.doesNotMatch(server.errors, /\n\s+at /, 'no stack trace');
  clearInterval(heartbeat);
  await reader.close();
  await server.stop();
  await folder.remove();
  console.log(`${given.toLocaleString('en')} inputs given: the server lives, its reader has every byte.`);
}
