import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { seededRandom } from '../../../src/base/random';
import { Simulation } from '../../support/simulatedConnection';
import { liveThroughSlowDay } from '../../support/slowDay';
import { connectsOf, reconnectingLibraries } from '../contenders/reconnectingLibraries';
import { atMost, median, Report } from '../report';

const SAMPLES = 200;
const CLIENTS = 10_000;
const MINUTE = 60_000;
const REFUSED = { kind: 'network', detail: 'ECONNREFUSED' } as const;

/** Simulated time until something holds, ms. */
function timeUntil(run: Simulation, holds: () => boolean, limitMs: number): number {
  const start = run.clock.now();
  while (!holds() && run.clock.now() - start < limitMs) {
    run.clock.advance(50);
  }
  return run.clock.now() - start;
}

function noticed(run: Simulation): boolean {
  return run.state !== 'live' && run.state !== 'suspect';
}

function detectionTimes(): number[] {
  return Array.from({ length: SAMPLES }, (_, sample) => {
    const random = seededRandom(sample + 1);
    const run = new Simulation({ random }).goLive();
    run.clock.advance(random.next() * 30_000);
    run.server.behaviour.cut = true;
    const time = timeUntil(run, () => noticed(run), MINUTE);
    run.connection.dispose();
    return time;
  });
}

function wakeUpTimes(): number[] {
  return Array.from({ length: SAMPLES }, (_, sample) => {
    const random = seededRandom(sample + 1);
    const run = new Simulation({ random }).goLive();
    run.clock.advance(random.next() * 30_000);
    for (const socket of run.server.sockets) {
      socket.halfOpen = true;
    }
    run.clock.sleepThrough(MINUTE + random.next() * 60 * MINUTE);
    const time = timeUntil(run, () => noticed(run), MINUTE);
    run.connection.dispose();
    return time;
  });
}

/** Time from the end of a fault to being live again, ms. */
function recoveryTimes(strike: (run: Simulation) => void): number[] {
  return Array.from({ length: SAMPLES }, (_, sample) => {
    const run = new Simulation({ random: seededRandom(sample + 1) }).goLive();
    run.clock.advance(2 * MINUTE);
    strike(run);
    // What was struck takes a moment to arrive.
    run.clock.advance(5);
    const time = timeUntil(run, () => run.state === 'live', 10 * MINUTE);
    run.connection.dispose();
    return time;
  });
}

/** Dials in ten minutes against a server that closes 0.2 s after opening. */
function dialsAgainstFlapping(): number {
  const run = new Simulation({ random: seededRandom(1), connection: { format: 'text' }, server: { ours: false } });
  run.server.onOpen = (socket) => run.clock.schedule(200, () => socket.serverClose(1006));
  run.connection.connect();
  run.clock.advance(10 * MINUTE);
  run.connection.dispose();
  return run.server.dials;
}

/** Dials in an hour against the founding server, told to use a heartbeat of 60 s. */
function dialsAgainstFoundingServer(): number {
  const run = new Simulation({
    random: seededRandom(1),
    server: { ours: false, messageTimeoutMs: 30_000 },
    connection: { heartbeatIntervalMs: 60_000, format: 'text' },
  });
  run.connection.connect();
  run.clock.advance(60 * MINUTE);
  run.connection.dispose();
  return run.server.dials;
}

/** The largest share of clients that dial within one second after a restart that takes `awayMs`. */
function busiestSecond(awayMs: number): number {
  const perSecond = new Map<number, number>();
  for (let client = 0; client < CLIENTS; client++) {
    const run = new Simulation({
      random: seededRandom(client + 1),
      // What the server tells: its number of clients ÷ 200 s.
      server: { welcome: { reconnectWindowMs: (CLIENTS / 200) * 1000 } },
    }).goLive();
    run.clock.advance(65_000);
    const start = run.clock.now();
    const { dials } = run.server;
    run.server.socket.serverClose(1006);
    run.server.behaviour.dial = REFUSED;
    run.clock.advance(awayMs);
    run.server.behaviour.dial = 'open';
    timeUntil(run, () => run.state === 'live', 10 * MINUTE);
    for (const at of run.server.dialTimes.slice(dials)) {
      const second = Math.floor((at - start) / 1000);
      perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
    }
    run.connection.dispose();
  }
  return (100 * Math.max(...perSecond.values())) / CLIENTS;
}

/** Growth of the heap over 1,000 reconnects, MiB, and timers left. */
function growth(): { readonly mebibytes: number; readonly timers: number } {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const run = new Simulation({ random: seededRandom(1) }).goLive();
  const reconnect = (times: number) => {
    for (let time = 0; time < times; time++) {
      run.server.socket.serverClose(1006);
      timeUntil(run, () => run.state === 'live', 10 * MINUTE);
      run.clock.advance(61_000);
      // What the simulation and the test write down is not the connection's.
      run.server.sockets.splice(0, run.server.sockets.length - 1);
      run.statuses.length = 0;
      run.notices.length = 0;
      run.server.dialTimes.length = 0;
    }
    collect();
    return process.memoryUsage().heapUsed;
  };
  // The report keeps its last thousand or so of everything; they come first.
  const before = reconnect(1000);
  const after = reconnect(1000);
  run.connection.dispose();
  return { mebibytes: (after - before) / 1024 / 1024, timers: run.pendingClientTimers };
}

/** The connection's figures, on a simulated network and clock. */
export async function connection(): Promise<number> {
  const report = new Report('connection', 'The connection, simulated');
  const add = (name: string, times: readonly number[], limit?: number) => {
    const seconds = times.map((time) => time / 1000);
    report.add({ name: `${name}, median`, value: median(seconds), unit: 's' });
    const longest = Math.max(...seconds);
    const label = `${name}, longest of ${times.length}`;
    report.add(limit === undefined ? { name: label, value: longest, unit: 's' } : atMost(label, longest, limit, 's'));
  };
  // 0.05 s is how finely the time is looked at.
  add('a half-open connection is noticed after', detectionTimes(), 20.05);
  add('the same after a wake-up', wakeUpTimes(), 3.55);
  add(
    'live again after a lost connection',
    recoveryTimes((run) => run.server.socket.serverClose(1006)),
  );
  add(
    'live again after the server was away for 2 s',
    recoveryTimes((run) => {
      run.server.socket.serverClose(1006);
      run.server.behaviour.dial = REFUSED;
      run.clock.advance(2000);
      run.server.behaviour.dial = 'open';
    }),
  );
  add(
    'live again after an announced restart of 2 s',
    recoveryTimes((run) => {
      run.server.socket.say({ type: 'goaway', reason: 'restart', reconnectWindowMs: 1000 });
      run.server.socket.serverClose(4200);
      run.server.behaviour.dial = REFUSED;
      run.clock.advance(2000);
      run.server.behaviour.dial = 'open';
    }),
  );
  add(
    'live again after the way was cut for a minute',
    recoveryTimes((run) => {
      run.server.behaviour.cut = true;
      run.clock.advance(MINUTE);
      run.server.behaviour.cut = false;
    }),
  );
  for (const ours of [true, false]) {
    const { dials } = liveThroughSlowDay(ours).server;
    report.add(
      atMost(`false disconnects in 24 hours, ${ours ? 'our server' : 'a plain server'}`, dials - 1, 0, 'disconnects'),
    );
  }
  const libraries = reconnectingLibraries();
  report.add(atMost('connects in 10 min, server closes after 0.2 s', dialsAgainstFlapping(), 25, 'connects'));
  for (const library of libraries) {
    const connects = await connectsOf(library, { lifetimeMs: 200 }, 10 * MINUTE);
    report.add({ name: `the same, ${library.name}`, value: connects, unit: 'connects' });
  }
  report.add(atMost('connects in an hour, the founding server', dialsAgainstFoundingServer(), 4, 'connects'));
  for (const library of libraries) {
    const connects = await connectsOf(library, { silenceMs: 30_000 }, 60 * MINUTE, MINUTE);
    report.add({ name: `the same, ${library.name}, a heartbeat every 60 s`, value: connects, unit: 'connects' });
  }
  report.add(
    atMost('busiest second of 10,000 clients, server away for 2 s', busiestSecond(2000), 3, '% of the clients'),
  );
  report.add(
    atMost('busiest second of 10,000 clients, server away for 30 s', busiestSecond(30_000), 5, '% of the clients'),
  );
  const { mebibytes, timers } = growth();
  report.add(atMost('heap grown over 1,000 reconnects', mebibytes, 1, 'MiB'));
  report.add(atMost('timers left after 1,000 reconnects', timers, 0, 'timers'));
  return report.write();
}
