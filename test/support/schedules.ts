import assert from 'node:assert/strict';
import { drawFaults, FaultRun } from './faultModel';

/** A seed nobody has played yet. */
export function freshSeed(): number {
  return 1_000_000 + Math.floor(Math.random() * 1_000_000_000);
}

/** Plays schedules of faults one after the other; throws with the seed of the first that goes wrong. */
export function assertSchedules(firstSeed: number, count: number): void {
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    const faults = drawFaults(seed);
    const problems = new FaultRun(seed).play(faults);
    assert.deepEqual(problems, [], `seed ${seed}: ${JSON.stringify(faults)}`);
  }
}
