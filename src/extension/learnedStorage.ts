import type * as vscode from 'vscode';
import type { LearnedStorage } from '../client/learned';

const KEY = 'logStream.learned';

/** What connections have learned about addresses, kept over restarts of the editor and for all windows. */
export function learnedStorage(state: vscode.Memento): LearnedStorage {
  return {
    load() {
      const stored: unknown = state.get(KEY);
      return typeof stored === 'string' ? stored : undefined;
    },
    save(json) {
      state.update(KEY, json).then(undefined, () => {
        // Nobody waits for it, and what was learned can be learned again.
      });
    },
  };
}
