import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { OneAtATime } from '../../../src/server/oneAtATime';

class FakeSocket extends EventEmitter {
  destroyed = false;

  destroy(): void {
    this.destroyed = true;
  }
}

function setUp() {
  const begun: string[] = [];
  const requests = new OneAtATime((request) => begun.push(request.url ?? ''));
  const ask = (socket: FakeSocket, url: string, before?: () => boolean) => {
    const response = new EventEmitter();
    requests.take({ socket, url } as unknown as IncomingMessage, response as unknown as ServerResponse, before);
    return { taken: () => response.emit('close') };
  };
  return { begun, requests, ask };
}

describe('requests of one connection', () => {
  it('are begun once the answer before was taken, in their order', () => {
    const { begun, ask } = setUp();
    const socket = new FakeSocket();
    const first = ask(socket, '1');
    const second = ask(socket, '2');
    ask(socket, '3');
    assert.deepEqual(begun, ['1']);
    first.taken();
    assert.deepEqual(begun, ['1', '2']);
    second.taken();
    assert.deepEqual(begun, ['1', '2', '3']);
  });

  it('do not wait for those of another connection', () => {
    const { begun, ask } = setUp();
    ask(new FakeSocket(), '1');
    ask(new FakeSocket(), '2');
    assert.deepEqual(begun, ['1', '2']);
  });

  it('are under way until the last of them is answered', () => {
    const { requests, ask } = setUp();
    const socket = new FakeSocket();
    const busy = () => requests.isBusy(socket as never);
    assert.equal(busy(), false);
    const first = ask(socket, '1');
    const second = ask(socket, '2');
    first.taken();
    assert.equal(busy(), true);
    second.taken();
    assert.equal(busy(), false);
  });

  it('cut the connection where more than sixteen wait', () => {
    const { begun, ask } = setUp();
    const socket = new FakeSocket();
    for (let count = 0; count <= 16; count++) {
      ask(socket, String(count));
    }
    assert.equal(socket.destroyed, false);
    ask(socket, 'one more');
    assert.equal(socket.destroyed, true);
    assert.deepEqual(begun, ['0']);
  });

  it('are let go with their connection', () => {
    const { begun, ask } = setUp();
    const socket = new FakeSocket();
    const first = ask(socket, '1');
    ask(socket, '2');
    socket.destroy();
    first.taken();
    assert.deepEqual(begun, ['1']);
  });

  it('may be answered when it is their turn, without being begun', () => {
    const { begun, ask } = setUp();
    const socket = new FakeSocket();
    const turns: string[] = [];
    const first = ask(socket, '1');
    const second = ask(socket, '2', () => {
      turns.push('2');
      return false;
    });
    ask(socket, '3');
    assert.deepEqual(turns, []);
    first.taken();
    second.taken();
    assert.deepEqual(turns, ['2']);
    assert.deepEqual(begun, ['1', '3']);
  });
});
