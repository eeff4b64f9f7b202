import assert from 'node:assert/strict';
import { seededRandom } from '../../../src/base/random';
import { Simulation } from '../../support/simulatedConnection';

describe('24 hours of a link that is slow but alive', () => {
  for (const ours of [true, false]) {
    it(`see no disconnect: own stalls up to 30 s, path up to 10 s, round trips up to 2 s (${ours ? 'our server' : 'a plain one'})`, () => {
      const random = seededRandom(ours ? 11 : 12);
      const run = new Simulation({
        server: { ours, delayMs: 1000 },
        connection: { format: ours ? 'logstream' : 'text' },
      });
      run.connection.connect();
      run.clock.advance(5000);
      const end = run.clock.now() + 24 * 3_600_000;
      while (run.clock.now() < end) {
        run.clock.advance(random.next() * 60_000);
        run.server.behaviour.delayMs = random.next() * 1000;
        if (random.next() < 0.5) {
          run.stall(random.next() * 30_000);
        }
        if (random.next() < 0.5) {
          // The path holds everything back, then lets it through; stalls of both ends may coincide.
          run.server.behaviour.delayMs = random.next() * 10_000;
          run.clock.advance(random.next() * 3000);
          if (random.next() < 0.3) {
            run.stall(random.next() * 30_000);
          }
          run.server.behaviour.delayMs = random.next() * 1000;
        }
      }
      run.clock.advance(15_000);
      assert.equal(run.server.dials, 1, run.connection.status.lastDisconnect?.reason);
      assert.equal(run.state, 'live');
    }).timeout(60_000);
  }
});
