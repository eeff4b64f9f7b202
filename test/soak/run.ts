// Runs for as long as one asks: `npm run soak -- --minutes 10`. In turn: schedules of faults on the
// simulated network (`--schedules N`), what can happen to a followed file (`--files N`), input thrown
// at a server (`--inputs N`), a writer, a rotator and five clients, and logs that are rotated in three ways while
// server and clients are stopped (`--minutes N` each). `--only NAME` runs one of schedules, files, fuzzing,
// streaming, rotations.
import { parseArgs } from 'node:util';
import { soakFollowedFiles } from './followedFiles';
import { soakFuzzing } from './fuzzing';
import { soakRotations } from './rotations';
import { soakSchedules } from './schedules';
import { soakStreaming } from './streaming';

const NAMES = ['schedules', 'files', 'fuzzing', 'streaming', 'rotations'];

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      schedules: { type: 'string', default: '20000' },
      files: { type: 'string', default: '10000' },
      inputs: { type: 'string', default: '100000' },
      minutes: { type: 'string', default: '1' },
      seed: { type: 'string' },
    },
  });
  const [schedules, files, inputs, minutes] = [values.schedules, values.files, values.inputs, values.minutes].map(
    Number,
  ) as [number, number, number, number];
  const seed = values.seed === undefined ? undefined : Number(values.seed);
  if (
    [schedules, files, inputs, minutes, seed ?? 0].some((value) => !(value >= 0)) ||
    (values.only && !NAMES.includes(values.only))
  ) {
    console.error(
      `--schedules, --files, --inputs, --minutes and --seed take a number; --only takes one of ${NAMES.join(', ')}.`,
    );
    process.exitCode = 2;
    return;
  }
  const wanted = (name: string) => values.only === undefined || values.only === name;
  if (wanted('schedules')) {
    soakSchedules(schedules, seed);
  }
  if (wanted('files')) {
    await soakFollowedFiles(files, seed);
  }
  if (wanted('fuzzing')) {
    await soakFuzzing(inputs, seed);
  }
  if (wanted('streaming')) {
    await soakStreaming(minutes);
  }
  if (wanted('rotations')) {
    await soakRotations(minutes, seed);
  }
}

main().catch((error: unknown) => {
  console.error(error);
  // What was started ends with this process.
  process.exit(1);
});
