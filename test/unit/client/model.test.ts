import assert from 'node:assert/strict';
import { drawFaults, FaultRun } from '../../support/faultModel';

/** Plays schedules of faults and tells the first that goes wrong, with its seed. */
function play(firstSeed: number, schedules: number): void {
  for (let seed = firstSeed; seed < firstSeed + schedules; seed++) {
    const faults = drawFaults(seed);
    const problems = new FaultRun(seed).play(faults);
    assert.deepEqual(problems, [], `seed ${seed}: ${JSON.stringify(faults)}`);
  }
}

describe('any schedule of faults', () => {
  it('loses no line in silence, doubles none, and ends live (fixed seeds)', () => play(1, 100)).timeout(60_000);

  it('loses no line in silence, doubles none, and ends live (fresh seeds)', () => {
    const seed = 1_000_000 + Math.floor(Math.random() * 1_000_000_000);
    console.log(`      first fresh seed: ${seed}`);
    play(seed, 50);
  }).timeout(60_000);
});
