import { seededRandom } from '../../src/base/random';
import { Simulation } from './simulatedConnection';

const DAY_MS = 24 * 3_600_000;

/**
 * 24 simulated hours of a link that is slow but alive: the client's own loop stalls up to 30 s, the
 * path up to 10 s, round trips take up to 2 s. `dials` beyond the first are false disconnects.
 */
export function liveThroughSlowDay(ours: boolean): Simulation {
  const random = seededRandom(ours ? 11 : 12);
  const run = new Simulation({
    server: { ours, delayMs: 1000 },
    connection: { format: ours ? 'logstream' : 'text' },
  });
  run.connection.connect();
  run.clock.advance(5000);
  const end = run.clock.now() + DAY_MS;
  while (run.clock.now() < end) {
    run.clock.advance(random.next() * 60_000);
    run.server.behaviour.delayMs = random.next() * 1000;
    if (random.next() < 0.5) {
      run.stall(random.next() * 30_000);
    }
    if (random.next() < 0.5) {
      // The path holds everything back, then lets it through; stalls of both ends may coincide.
      run.server.behaviour.delayMs = random.next() * 10_000;
      run.clock.advance(random.next() * 3000);
      if (random.next() < 0.3) {
        run.stall(random.next() * 30_000);
      }
      run.server.behaviour.delayMs = random.next() * 1000;
    }
  }
  run.clock.advance(15_000);
  return run;
}
