import { spawn } from 'node:child_process';
import { type Contender, endProcess } from './contender';

/** The tool everyone has, in a pipe. */
export const tail: Contender = {
  name: 'tail -n +1 -F in a pipe',
  follows: true,
  async start(file, onBytes) {
    const child = spawn('tail', ['-n', '+1', '-F', file], { stdio: ['ignore', 'pipe', 'ignore'] });
    child.stdout.on('data', onBytes);
    return { serverPid: child.pid, stop: () => endProcess(child) };
  },
};
