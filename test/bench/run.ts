// Runs benchmarks: all, or those named. `npm run bench -- catching-up`. Misses are reported, and
// the exit code is 1 then; no test depends on it.
import { catchingUp } from './benches/catchingUp';
import { clients } from './benches/clients';
import { connection } from './benches/connection';
import { files } from './benches/files';
import { following } from './benches/following';
import { start } from './benches/start';
import { viewer } from './benches/viewer';

const benches: Readonly<Record<string, () => Promise<number>>> = {
  'catching-up': catchingUp,
  following,
  clients,
  files,
  connection,
  start,
  viewer,
};

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const unknown = wanted.find((name) => !Object.hasOwn(benches, name));
  if (unknown !== undefined) {
    console.error(`There is no benchmark "${unknown}"; there are ${Object.keys(benches).join(', ')}.`);
    process.exitCode = 2;
    return;
  }
  let missed = 0;
  for (const [name, bench] of Object.entries(benches)) {
    if (wanted.length === 0 || wanted.includes(name)) {
      missed += await bench();
    }
  }
  console.log(missed === 0 ? '\nAll targets met.' : `\n${missed} target${missed === 1 ? '' : 's'} missed.`);
  process.exitCode = missed === 0 ? 0 : 1;
}

void main();
