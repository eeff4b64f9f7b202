import assert from 'node:assert/strict';
import { systemClock } from '../../../src/base/clock';
import { systemRandom } from '../../../src/base/random';
import { Connection } from '../../../src/client/connection';
import { createMemoryStorage } from '../../../src/client/learned';
import { nodeTransport } from '../../../src/client/nodeTransport';
import { LIMITS } from '../../../src/protocol/limits';
import { RingSource } from '../../../src/server/ring/ringSource';
import { QuickServer } from '../../support/quickServer';
import { untilConnection } from '../../support/untilConnection';

const SOURCES = 1000;

describe('a connection to a server of a thousand sources', function () {
  this.timeout(60_000);

  it('goes on in all of them after a loss, without a line lost or told twice', async () => {
    const sources = Array.from(
      { length: SOURCES },
      (_, at) =>
        new RingSource({
          id: `/var/log/services/service-${at}.log`,
          name: `service-${at}.log`,
          kind: 'file',
          capacityBytes: 4096,
          clock: systemClock,
        }),
    );
    const append = (text: string) => {
      for (const source of sources) {
        source.append({ bytes: Buffer.from(`${text}\n`), count: 1, continues: false });
      }
    };
    append('one');
    const server = await QuickServer.start({
      files: [],
      sources,
      factor: 1,
      receiveTimeoutMs: 70_000,
      heartbeatTimeoutMs: 180_000,
    });
    const connection = new Connection(
      { name: 'many', url: server.url, lines: 'all' },
      { clock: systemClock, random: systemRandom, transport: nodeTransport, memory: createMemoryStorage() },
    );
    try {
      const lines = new Map<string, string>();
      let count = 0;
      connection.onLines(({ source, bytes, count: more }) => {
        lines.set(source, (lines.get(source) ?? '') + Buffer.from(bytes).toString());
        count += more;
      });
      const gaps: unknown[] = [];
      connection.onGap((gap) => gaps.push(gap));
      connection.connect();
      const isLive = () => connection.status.state === 'live';
      await untilConnection(connection, 'the first lines', () => count === SOURCES && isLive());
      assert.ok(JSON.stringify(connection.positions).length > LIMITS.controlMessageBytes);
      connection.reconnectNow();
      append('two');
      await untilConnection(connection, 'the lines of meanwhile', () => count === 2 * SOURCES && isLive());
      append('three');
      await untilConnection(connection, 'new lines', () => count === 3 * SOURCES);
      assert.equal(lines.size, SOURCES);
      assert.deepEqual([...new Set(lines.values())], ['one\ntwo\nthree\n']);
      assert.deepEqual(gaps, []);
      assert.match(connection.report(), /2 connections opened, 1 of them resumed/);
    } finally {
      connection.dispose();
      await server.stop();
    }
  });
});
