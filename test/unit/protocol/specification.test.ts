import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { CLOSE, closeConsequence, fitCloseReason } from '../../../src/protocol/closeCodes';
import { LIMITS } from '../../../src/protocol/limits';
import { fittingHeartbeatMs, heartbeatFitsTimeout, TIMINGS } from '../../../src/protocol/timings';
import { repositoryRoot } from '../../support/testCache';

const specification = readFileSync(join(repositoryRoot, 'docs/PROTOCOL.md'), 'utf8');
const rows = specification.split('\n').filter((line) => /^\| 4\d{3} \|/.test(line));

describe('the specification', () => {
  it('has the close codes of the code, and no others', () => {
    const stated = rows.map((row) =>
      row
        .split('|')
        .slice(1, 3)
        .map((cell) => cell.trim()),
    );
    assert.deepEqual(
      stated,
      Object.values(CLOSE).map(({ code, name }) => [String(code), name]),
    );
  });

  it('says of each close code what the client does', () => {
    const words = {
      fatal: /fatal/,
      backOff: /back ?off|delay/,
      planned: /no .*attempt|planned/,
      superseded: /stay|not/,
      ended: /normal end/,
    };
    for (const row of rows) {
      const code = Number(row.split('|')[1]);
      assert.match(row, words[closeConsequence(code)], row);
    }
  });

  for (const [name, ms] of Object.entries({
    'heartbeat interval': TIMINGS.heartbeatMs,
    mark: TIMINGS.markMs,
    'receive timeout': TIMINGS.receiveTimeoutMs,
    'heartbeat timeout': TIMINGS.heartbeatTimeoutMs,
    'longest heartbeat interval': TIMINGS.longestHeartbeatMs,
  })) {
    it(`states the ${name} of the code`, () => assert.match(specification, new RegExp(`\\b${ms / 1000} s\\b`)));
  }

  it('states the sizes of the code', () => {
    assert.match(specification, new RegExp(`${LIMITS.controlMessageBytes / 1024} KiB`));
    assert.match(specification, new RegExp(`${LIMITS.closeReasonBytes} bytes`));
  });
});

describe('the timings of both ends', () => {
  it('fit each other: every interval is less than half of the timeout it keeps away', () => {
    assert.ok(heartbeatFitsTimeout(TIMINGS.heartbeatMs, TIMINGS.receiveTimeoutMs));
    assert.ok(heartbeatFitsTimeout(TIMINGS.longestHeartbeatMs, TIMINGS.receiveTimeoutMs));
    assert.ok(heartbeatFitsTimeout(TIMINGS.serverPingMs, TIMINGS.heartbeatTimeoutMs));
    assert.ok(heartbeatFitsTimeout(TIMINGS.plainPingMs, TIMINGS.receiveTimeoutMs));
  });

  it('of the founding failure do not, and are put right for every timeout', () => {
    assert.equal(heartbeatFitsTimeout(60_000, 30_000), false);
    assert.equal(heartbeatFitsTimeout(15_000, 30_000), false);
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 10_000_000 }), (timeoutMs) => {
        assert.ok(heartbeatFitsTimeout(fittingHeartbeatMs(timeoutMs), timeoutMs));
      }),
    );
  });
});

describe('a close reason', () => {
  it('fits a close frame whatever it says, and is never cut inside a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (reason) => {
        const fitted = fitCloseReason(reason);
        assert.ok(Buffer.byteLength(fitted) <= 123);
        assert.ok(fitted === reason || (fitted.endsWith('…') && reason.startsWith(fitted.slice(0, -1))));
        assert.equal(Buffer.from(fitted).toString(), fitted);
      }),
    );
  });
});
