import assert from 'node:assert/strict';
import { liveThroughSlowDay } from '../../support/slowDay';

describe('24 hours of a link that is slow but alive', () => {
  for (const ours of [true, false]) {
    it(`see no disconnect: own stalls up to 30 s, path up to 10 s, round trips up to 2 s (${ours ? 'our server' : 'a plain one'})`, () => {
      const run = liveThroughSlowDay(ours);
      assert.equal(run.server.dials, 1, run.connection.status.lastDisconnect?.reason);
      assert.equal(run.state, 'live');
    }).timeout(60_000);
  }
});
