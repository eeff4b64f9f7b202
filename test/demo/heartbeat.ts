// `npm run demo:heartbeat`: the failure this product began with, and its cure, in a minute. The
// server gives up on a client that has said nothing for 30 s; the naive client says something every
// 60 s. The clocks run ten times as fast; no figure is another one.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { systemRandom } from '../../src/base/random';
import { Connection } from '../../src/client/connection';
import { createMemoryStorage } from '../../src/client/learned';
import { nodeTransport } from '../../src/client/nodeTransport';
import { scaledClock } from '../support/scaledClock';

const FACTOR = 10;
const RECEIVE_TIMEOUT_MS = 30_000;
const NAIVE_HEARTBEAT_MS = 60_000;
const NAIVE_FOR_MS = 130_000;
const AFTERWARDS_MS = 150_000;

const clock = scaledClock(FACTOR);
const startedAt = clock.now();

function tell(who: string, what: string): void {
  const seconds = ((clock.now() - startedAt) / 1000).toFixed(0).padStart(4);
  console.log(`${seconds} s  ${who.padEnd(8)}${what}`);
}

function pass(ms: number): Promise<void> {
  return new Promise((resolve) => clock.schedule(ms, resolve));
}

/** A live log whose receive has a timeout, which ends in a close with code 1000. */
async function startServer(): Promise<WebSocketServer> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => false });
  server.on('connection', (socket) => {
    let number = 0;
    const writing = setInterval(() => socket.send(`INFO line ${number++}`), 100);
    let timeout = clock.schedule(RECEIVE_TIMEOUT_MS, giveUp);
    function giveUp(): void {
      tell('server', 'nothing received for 30 s: closing with code 1000');
      socket.close(1000);
    }
    socket.on('message', () => {
      timeout.dispose();
      timeout = clock.schedule(RECEIVE_TIMEOUT_MS, giveUp);
    });
    socket.on('close', () => {
      clearInterval(writing);
      timeout.dispose();
    });
  });
  await once(server, 'listening');
  return server;
}

async function naive(url: string): Promise<void> {
  console.log('\nA naive client: a heartbeat every 60 s, at once connected again when the connection is lost.');
  let over = false;
  let drops = 0;
  let socket: WebSocket | undefined;
  const connect = () => {
    const dialled = new WebSocket(url);
    socket = dialled;
    dialled.on('open', () => tell('naive', 'connected'));
    const heartbeat = setInterval(() => dialled.send('{"type":"ping"}'), NAIVE_HEARTBEAT_MS / FACTOR);
    dialled.on('close', () => {
      clearInterval(heartbeat);
      if (!over) {
        drops++;
        tell('naive', 'lost the connection');
        connect();
      }
    });
  };
  connect();
  await pass(NAIVE_FOR_MS);
  over = true;
  socket?.terminate();
  console.log(`It lost ${drops} connections in ${NAIVE_FOR_MS / 1000} s, and would go on so for ever.`);
}

async function product(url: string): Promise<void> {
  console.log('\nLive Log Stream, told to use the same 60 s.');
  const connection = new Connection(
    { name: 'demo', url, lines: 10, heartbeatIntervalMs: NAIVE_HEARTBEAT_MS },
    { clock, random: systemRandom, transport: nodeTransport, memory: createMemoryStorage() },
  );
  let lines = 0;
  let drops = 0;
  let adapted = false;
  connection.onLines((frame) => {
    lines += frame.count;
  });
  let before = '';
  connection.onDidChangeStatus(({ state, reason }) => {
    if (state === before) {
      return;
    }
    before = state;
    if (state === 'live') {
      tell('client', 'live');
    } else if (state === 'waiting') {
      drops++;
      tell('client', reason);
    }
  });
  const found = new Promise<void>((resolve) => {
    connection.onNotice(({ kind, text }) => {
      if (kind === 'adapted' || kind === 'corrected') {
        tell('client', `→ ${text}`);
      }
      if (kind === 'adapted') {
        adapted = true;
        resolve();
      }
    });
  });
  connection.connect();
  await Promise.race([found, pass(300_000)]);
  const [dropsThen, linesThen] = [drops, lines];
  await pass(AFTERWARDS_MS);
  const { state, heartbeatMs } = connection.status;
  console.log(
    `Since then: ${drops - dropsThen} connections lost in ${AFTERWARDS_MS / 1000} s, ${lines - linesThen} lines received; ${state}, a heartbeat every ${Math.round((heartbeatMs ?? 0) / 100) / 10} s.`,
  );
  connection.dispose();
  process.exitCode = adapted && drops === dropsThen ? 0 : 1;
}

async function main(): Promise<void> {
  console.log('The server gives up after 30 s without a message. (Clocks run ten times as fast.)');
  const server = await startServer();
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws`;
  await naive(url);
  await product(url);
  server.close();
  for (const client of server.clients) {
    client.terminate();
  }
}

void main();
