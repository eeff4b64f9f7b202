// Plays schedules of faults for as long as one asks: `npm run soak -- --schedules 100000`,
// `--minutes 10`, `--seed 42`. Prints the seed of one that goes wrong and ends with code 1.
import { parseArgs } from 'node:util';
import { assertSchedules, freshSeed } from './support/schedules';

const PER_STEP = 500;

function main(): void {
  const { values } = parseArgs({
    options: { schedules: { type: 'string' }, minutes: { type: 'string' }, seed: { type: 'string' } },
  });
  const first = values.seed === undefined ? freshSeed() : Number(values.seed);
  const schedules = values.schedules === undefined ? Number.POSITIVE_INFINITY : Number(values.schedules);
  const minutes = Number(values.minutes ?? (values.schedules === undefined ? 1 : Number.POSITIVE_INFINITY));
  if ([first, schedules, minutes].some((value) => Number.isNaN(value) || value < 0)) {
    console.error('--schedules, --minutes and --seed take a number.');
    process.exitCode = 2;
    return;
  }
  const until = performance.now() + minutes * 60_000;
  let played = 0;
  console.log(`Schedules of faults from seed ${first} on.`);
  while (played < schedules && performance.now() < until) {
    const step = Math.min(PER_STEP, schedules - played);
    assertSchedules(first + played, step);
    played += step;
    if (played % (PER_STEP * 10) === 0) {
      const megabytes = Math.round(process.memoryUsage().rss / 1024 / 1024);
      console.log(`${played.toLocaleString('en')} played, nothing wrong; ${megabytes} MiB resident.`);
    }
  }
  console.log(`${played.toLocaleString('en')} schedules played, none lost, doubled or left anything.`);
}

main();
