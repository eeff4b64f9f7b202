import { assertSchedules, freshSeed } from '../support/schedules';

const PER_STEP = 500;

/** Plays schedules of faults on the simulated network; throws with the seed of one that goes wrong. */
export function soakSchedules(schedules: number, seed: number = freshSeed()): void {
  console.log(`Schedules of faults from seed ${seed} on.`);
  for (let played = 0; played < schedules; played += PER_STEP) {
    assertSchedules(seed + played, Math.min(PER_STEP, schedules - played));
    if (played > 0 && played % 10_000 === 0) {
      console.log(`${played.toLocaleString('en')} played, nothing wrong.`);
    }
  }
  console.log(`${schedules.toLocaleString('en')} schedules played: no line lost or doubled, nothing left behind.`);
}
