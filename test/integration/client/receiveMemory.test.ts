import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { WebSocketServer } from 'ws';
import { seededRandom } from '../../../src/base/random';
import { ReceiveMemory } from '../../../src/client/nodeReceiveMemory';
import { nodeTransport } from '../../../src/client/nodeTransport';
import type { SocketListener } from '../../../src/client/transport';
import { socketAddress } from '../../../src/protocol/socketAddress';
import { createTemporaryDirectory } from '../../support/temporaryDirectory';

/** A message as the server sends it. */
interface Sent {
  readonly bytes: Buffer;
  readonly isText: boolean;
}

describe('memory that a client reads into again and again', () => {
  it('never changes what was delivered, whatever sizes and parts it came in', async function () {
    this.timeout(60_000);
    const random = seededRandom(20_261_124);
    const below = (limit: number) => Math.floor(random.next() * limit);
    const server = new WebSocketServer({ port: 0, perMessageDeflate: false });
    await new Promise((resolve) => server.once('listening', resolve));
    const content = Buffer.from(Array.from({ length: 3_001_000 }, () => below(128)));
    const sent: Sent[] = [];
    const pings: string[] = [];
    const pongs: string[] = [];
    server.on('connection', (socket) => {
      socket.on('pong', (payload) => pongs.push(payload.toString('latin1')));
      for (let count = 0; count < 800; count++) {
        const most = [1, 40, 3000, 70_000, 300_000, 3_000_000][below(count % 50 === 0 ? 6 : 5)] as number;
        const isText = below(4) === 0;
        const start = below(1000);
        const bytes = content.subarray(start, start + below(most));
        sent.push({ bytes, isText });
        // Whole, or in fragments with a ping between them (RFC 6455 section 5.4).
        const cut = below(3) === 0 ? below(bytes.length + 1) : bytes.length;
        if (cut < bytes.length) {
          socket.send(bytes.subarray(0, cut), { binary: !isText, fin: false });
          pings.push(`ping ${count}`);
          socket.ping(`ping ${count}`);
        }
        socket.send(bytes.subarray(cut < bytes.length ? cut : 0), { binary: !isText, fin: true });
      }
      socket.close();
    });

    const received: { readonly bytes: Uint8Array | string; readonly isText: boolean }[] = [];
    await new Promise<void>((resolve, reject) => {
      const listener: SocketListener = {
        opened() {},
        text: (text) => received.push({ bytes: text, isText: true }),
        binary(bytes) {
          // As it came: a store keeps it without a copy.
          received.push({ bytes, isText: false });
          if (received.length % 20 === 0) {
            socket.pause();
            setTimeout(() => socket.resume(), 2);
          }
        },
        pingFrame() {},
        pongFrame() {},
        failed: (failure) => reject(new Error(JSON.stringify(failure))),
        broken: (detail) => reject(new Error(detail)),
        closed: () => resolve(),
      };
      const { port } = server.address() as AddressInfo;
      const socket = nodeTransport.dial({ url: `ws://127.0.0.1:${port}/`, subprotocol: null }, listener);
    });
    server.close();

    assert.equal(received.length, sent.length);
    for (const [index, { bytes, isText }] of sent.entries()) {
      const each = received[index];
      assert.equal(each?.isText, isText);
      const same = typeof each.bytes === 'string' ? each.bytes === bytes.toString('latin1') : bytes.equals(each.bytes);
      assert.ok(same, `message ${index} of ${bytes.length} bytes is as it was sent`);
    }
    assert.deepEqual(pongs, pings);
  });

  it('is used over a local socket too, whatever characters its path holds', async () => {
    const folder = await createTemporaryDirectory('a b%41:c');
    const path = process.platform === 'win32' ? `\\\\.\\pipe\\a b:c-${process.pid}` : join(folder.path, 's');
    const http = createServer();
    const server = new WebSocketServer({ server: http, perMessageDeflate: false });
    await new Promise<void>((resolve) => http.listen(path, resolve));
    const hosts: (string | undefined)[] = [];
    server.on('connection', (socket, request) => {
      hosts.push(`${request.headers.host}${request.url}`);
      for (let count = 0; count < 20; count++) {
        socket.send(Buffer.alloc(1024 * 1024, count));
      }
      socket.close();
    });
    const received: number[] = [];
    // With memory of Node's own a read has at most 64 KiB.
    let largestRead = 0;
    const taken = ReceiveMemory.prototype.received;
    ReceiveMemory.prototype.received = function (buffer, length) {
      largestRead = Math.max(largestRead, length);
      return taken.call(this, buffer, length);
    };
    try {
      await new Promise<void>((resolve, reject) =>
        nodeTransport.dial(
          { url: socketAddress(path), subprotocol: null },
          {
            opened() {},
            text() {},
            binary: (bytes) => received.push(bytes[0] ?? -1, bytes.length),
            pingFrame() {},
            pongFrame() {},
            failed: (failure) => reject(new Error(JSON.stringify(failure))),
            broken: (detail) => reject(new Error(detail)),
            closed: () => resolve(),
          },
        ),
      );
    } finally {
      ReceiveMemory.prototype.received = taken;
      http.close();
      await folder.remove();
    }
    assert.deepEqual(received, Array.from({ length: 20 }, (_, at) => [at, 1024 * 1024]).flat());
    assert.ok(largestRead > 64 * 1024, `${largestRead} bytes at most`);
    assert.deepEqual(hosts, ['localhost/ws']);
  });

  it('does not pile up on a quiet stream, on which only pings are answered', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const server = new WebSocketServer({ port: 0 });
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    let answered: () => void = () => {};
    const listener: SocketListener = {
      opened: () => answered(),
      text() {},
      binary() {},
      pingFrame() {},
      pongFrame: () => answered(),
      failed() {},
      broken() {},
      closed() {},
    };
    const opened = new Promise<void>((resolve) => {
      answered = resolve;
    });
    const socket = nodeTransport.dial({ url: `ws://127.0.0.1:${port}/`, subprotocol: null }, listener);
    await opened;
    collect();
    const before = process.memoryUsage().arrayBuffers;
    for (let count = 0; count < 200; count++) {
      await new Promise<void>((resolve) => {
        answered = resolve;
        socket.pingFrame(String(count));
      });
    }
    collect();
    const grown = process.memoryUsage().arrayBuffers - before;
    socket.terminate();
    server.close();
    assert.ok(grown < 8 * 1024 * 1024, `${grown} bytes more`);
  });

  it('is given out again once a later message has ended', () => {
    const memory = new ReceiveMemory();
    const [first, second] = [memory.take(), memory.take()];
    memory.received(first, first.length);
    memory.received(second, second.length);
    memory.messageEnded();
    assert.equal(memory.take(), first);
    assert.notEqual(memory.take(), second);
  });

  it('is a few megabytes at most, however large a message was', () => {
    const memory = new ReceiveMemory();
    const used = new Set(Array.from({ length: 100 }, () => memory.take()));
    for (const buffer of used) {
      memory.received(buffer, buffer.length);
    }
    memory.messageEnded();
    const again = Array.from({ length: 100 }, () => memory.take()).filter((buffer) => used.has(buffer));
    assert.equal(again.length, 8);
  });

  it('is a few megabytes at most, in however small pieces a frame comes, all of which stay as they were', () => {
    for (const [length, most] of [
      [1, 3],
      [1400, 3],
      [20_000, 10],
      [256 * 1024, 10],
    ] as const) {
      const memory = new ReceiveMemory();
      const used = new Set<Buffer>();
      const pieces = Array.from({ length: 1000 }, (_, at) => {
        const buffer = memory.take();
        used.add(buffer);
        buffer.fill(at % 251, 0, length);
        return memory.received(buffer, length);
      });
      assert.ok(used.size <= most, `${used.size} buffers for pieces of ${length} bytes`);
      for (const [at, piece] of pieces.entries()) {
        assert.equal(piece.length, length);
        assert.ok(piece[0] === at % 251 && piece[length - 1] === at % 251, `piece ${at} of ${length} bytes`);
      }
    }
  });

  it('is left to those who still look at it', () => {
    const memory = new ReceiveMemory();
    const first = memory.take();
    memory.received(first, first.length);
    memory.keepNewest();
    const second = memory.take();
    memory.received(second, second.length);
    memory.messageEnded();
    assert.notEqual(memory.take(), first);
    const bytes = first.subarray(0, 10);
    assert.notEqual(memory.lasting(bytes).buffer, first.buffer);
    const others = Buffer.alloc(10);
    assert.equal(memory.lasting(others), others);
  });

  it('is given up for a ping only if that lies in it', () => {
    const memory = new ReceiveMemory();
    const [first, second, small, last] = [memory.take(), memory.take(), memory.take(), memory.take()];
    memory.received(first, first.length);
    memory.received(second, second.length);
    memory.received(small, 10);
    memory.keepNewest();
    memory.received(last, last.length);
    memory.messageEnded();
    assert.deepEqual(new Set([memory.take(), memory.take(), memory.take()]), new Set([first, second, small]));
  });

  it('serves small messages that come whole without a copy, from the same few buffers', () => {
    const memory = new ReceiveMemory();
    const used = new Set<Buffer>();
    for (let message = 0; message < 1000; message++) {
      const buffer = memory.take();
      used.add(buffer);
      assert.equal(memory.received(buffer, 6000).buffer, buffer.buffer);
      memory.messageEnded();
    }
    assert.ok(used.size <= 3, `${used.size} buffers`);
  });

  it('stays bounded where no message ends for days, only pings and pongs come', () => {
    const memory = new ReceiveMemory();
    const used = new Set<Buffer>();
    for (let pong = 0; pong < 1000; pong++) {
      const buffer = memory.take();
      used.add(buffer);
      memory.received(buffer, 8);
    }
    assert.ok(used.size <= 3, `${used.size} buffers`);
  });
});
