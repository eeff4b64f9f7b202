import { Worker } from 'node:worker_threads';
import { type OpenPatternThread, type ThreadAnswer, threadProgram } from '../records/patternThread';

/** A thread holds some texts and an expression, and nothing that grows, MiB. */
const MOST_MEMORY_MIB = 64;

/** A worker of Node.js, from the bundle's own text: it needs nothing of the process it runs in. */
export const openNodeThread: OpenPatternThread = (take, failed) => {
  const worker = new Worker(threadProgram('node'), {
    eval: true,
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MIB },
  });
  // It keeps no program alive that has nothing else to do.
  worker.unref();
  worker.on('message', (answer: ThreadAnswer) => take(answer));
  worker.on('error', failed);
  worker.on('exit', failed);
  return {
    post: (question) => worker.postMessage(question),
    dispose() {
      worker.removeAllListeners('exit');
      worker.terminate().catch(() => undefined);
    },
  };
};
