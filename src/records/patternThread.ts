import type { Disposable } from '../base/disposable';

/** What is asked of the thread: where an expression matches in each of some texts. */
export interface ThreadQuestion {
  /** From 1. */
  readonly job: number;
  readonly source: string;
  readonly flags: string;
  readonly texts: readonly string[];
  /** Most matches of one text that are told; 0: only whether there is one. */
  readonly mostMatches: number;
}

/** Per text the starts and ends of its matches, one after the other; where only that is asked, [] or null for none. */
export type TextMatches = readonly number[] | null;

export type ThreadAnswer =
  /** The thread has begun, and takes questions. */
  | { readonly kind: 'ready' }
  /** What was found in the next texts of a question. */
  | {
      readonly kind: 'matches';
      readonly job: number;
      readonly matches: readonly TextMatches[];
      readonly isDone: boolean;
    }
  /** The engine refused the expression when it had to match. */
  | { readonly kind: 'refused'; readonly job: number };

/** A thread of its own in which expressions are matched, and which can be ended while it does. */
export interface PatternThread extends Disposable {
  post(question: ThreadQuestion): void;
}

/** Starts a thread. `failed` is called where it cannot be started, or ended by itself. */
export type OpenPatternThread = (take: (answer: ThreadAnswer) => void, failed: () => void) => PatternThread;

/**
 * What runs in the thread. Its text is sent there, so it may use nothing from outside. It tells what
 * it has found every 20 ms: who waits can tell one slow text from many.
 */
function runThread(post: (answer: ThreadAnswer) => void, listen: (take: (question: ThreadQuestion) => void) => void) {
  listen(({ job, source, flags, texts, mostMatches }) => {
    try {
      const expression = new RegExp(source, flags);
      let matches: TextMatches[] = [];
      let toldAt = performance.now();
      for (const text of texts) {
        if (mostMatches === 0) {
          expression.lastIndex = 0;
          matches.push(expression.test(text) ? [] : null);
        } else {
          const places: number[] = [];
          for (const match of text.matchAll(expression)) {
            if (match[0].length > 0) {
              places.push(match.index, match.index + match[0].length);
            }
            if (places.length >= 2 * mostMatches) {
              break;
            }
          }
          matches.push(places);
        }
        if (performance.now() - toldAt > 20) {
          post({ kind: 'matches', job, matches, isDone: false });
          matches = [];
          toldAt = performance.now();
        }
      }
      post({ kind: 'matches', job, matches, isDone: true });
    } catch {
      post({ kind: 'refused', job });
    }
  });
  post({ kind: 'ready' });
}

/** The thread's program, for a worker of Node.js or of a browser. No file: a panel may load none in a worker. */
export function threadProgram(runtime: 'node' | 'browser'): string {
  const [post, listen] =
    runtime === 'node'
      ? [
          "(answer) => require('node:worker_threads').parentPort.postMessage(answer)",
          "(take) => require('node:worker_threads').parentPort.on('message', take)",
        ]
      : ['(answer) => postMessage(answer)', '(take) => { onmessage = (event) => take(event.data); }'];
  return `(${runThread})(${post}, ${listen});`;
}
