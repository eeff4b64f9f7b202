import assert from 'node:assert/strict';
import { faultModelWith, mutants } from '../../support/mutants';

/** So many schedules have to be enough to notice a mistake; the suite plays 10,000. */
const SCHEDULES = 500;

/** Seed of the first schedule that goes wrong, or undefined. */
function firstCaught({ drawFaults, FaultRun }: Awaited<ReturnType<typeof faultModelWith>>): number | undefined {
  for (let seed = 1; seed <= SCHEDULES; seed++) {
    if (new FaultRun(seed).play(drawFaults(seed)).length > 0) {
      return seed;
    }
  }
  return undefined;
}

describe('the model of faults', function () {
  this.timeout(60_000);

  for (const mutant of mutants) {
    it(`catches the mistake: ${mutant.name}`, async () => {
      const seed = firstCaught(await faultModelWith(mutant));
      assert.ok(seed !== undefined, `not within ${SCHEDULES} schedules`);
    });
  }

  it('has nothing to say of the client as it is', async () => {
    assert.equal(firstCaught(await faultModelWith(null)), undefined);
  });
});
