import fc from 'fast-check';
import { playSchedule, schedules } from '../support/followedScene';
import { freshSeed } from '../support/schedules';

const PER_STEP = 1000;

/** Plays what can happen to a followed file; throws with the seed and the shortest schedule that goes wrong. */
export async function soakFollowedFiles(runs: number, seed: number = freshSeed()): Promise<void> {
  console.log(`Followed files from seed ${seed} on.`);
  for (let played = 0; played < runs; played += PER_STEP) {
    const numRuns = Math.min(PER_STEP, runs - played);
    await fc.assert(fc.asyncProperty(schedules(), playSchedule), { numRuns, seed: seed + played });
  }
  console.log(`${runs.toLocaleString('en')} followed files: no line doubled, and none lost in silence.`);
}
