import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { repositoryRoot } from '../../support/testCache';
import { atMost, median, Report } from '../report';

/** Each in a process of its own: nothing is compiled or cached from the one before. */
const RUNS = 20;

/** What `peers/activation.cjs` prints. */
interface Start {
  readonly activationMs: number;
  readonly activationBytes: number;
  readonly restMs: number;
  readonly restBytes: number;
}

/** What every window pays for the extension when it opens, and what one pays that follows a log. */
export async function start(): Promise<number> {
  const report = new Report('start', `The start of the extension, the median of ${RUNS} processes`);
  const peer = join(__dirname, '../peers/activation.cjs');
  const starts = Array.from({ length: RUNS }, () => {
    const printed = execFileSync(process.execPath, [peer, join(repositoryRoot, 'dist')], { encoding: 'utf8' });
    return JSON.parse(printed) as Start;
  });
  const of = (key: keyof Start) => median(starts.map((each) => each[key]));
  report.add(atMost('activation, with nothing configured', of('activationMs'), 10, 'ms'));
  report.add(atMost('code that it reads', of('activationBytes') / 1024, 16, 'KB'));
  report.add(atMost('the rest, loaded when it is first needed', of('restMs'), 150, 'ms'));
  report.add({ name: 'code of the rest', value: of('restBytes') / 1024, unit: 'KB' });
  return report.write();
}
