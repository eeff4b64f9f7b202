import { toDisposable } from '../base/disposable';
import { type OpenPatternThread, type ThreadAnswer, threadProgram } from '../records/patternThread';

/** A worker of the browser, in the page or in the webview, from the bundle's own text: `worker-src blob:`. */
export const openPatternWorker: OpenPatternThread = (take, failed) => {
  const address = URL.createObjectURL(new Blob([threadProgram('browser')], { type: 'text/javascript' }));
  const forget = toDisposable(() => URL.revokeObjectURL(address));
  try {
    const worker = new Worker(address);
    worker.onmessage = ({ data }: MessageEvent<ThreadAnswer>) => {
      forget.dispose();
      take(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      failed();
    };
    return {
      post: (question) => worker.postMessage(question),
      dispose() {
        forget.dispose();
        worker.terminate();
      },
    };
  } catch {
    forget.dispose();
    queueMicrotask(failed);
    return { post: () => undefined, dispose: () => undefined };
  }
};
