import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Resident memory of a process now, MiB; NaN where it cannot be had. */
export function residentMiB(pid: number | undefined): number {
  if (pid === undefined) {
    return Number.NaN;
  }
  try {
    if (process.platform === 'linux') {
      return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
    }
    return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;
  } catch {
    return Number.NaN;
  }
}

/** Time that a process has had on a processor so far, s; NaN where it cannot be had. */
export function processorSeconds(pid: number | undefined): number {
  if (pid === undefined) {
    return Number.NaN;
  }
  try {
    if (process.platform === 'linux') {
      // User and system time in ticks, of which Linux has 100 a second for programs (proc(5)).
      const [, ...fields] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
      return (Number(fields[10]) + Number(fields[11])) / 100;
    }
    const time = execFileSync('ps', ['-o', 'time=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return time.split(/[:-]/).reduce((seconds, part) => seconds * 60 + Number(part), 0);
  } catch {
    return Number.NaN;
  }
}
