import { systemClock } from '../../base/clock';
import type { DisposableStore } from '../../base/disposable';
import type { LogServer } from '../logServer';
import type { SourceSet } from '../sourceSet';

/** How often it is looked whether clients are still reading, ms. */
const LOOK_MS = 50;

/** Calls `end` once all sources have ended and the last client has gone, which may read to the end before. */
export function endWithStream(server: LogServer, sources: SourceSet, held: DisposableStore, end: () => void): void {
  const wait = () => {
    server.closeEnded();
    if (server.sessionCount === 0) {
      end();
    } else {
      systemClock.schedule(LOOK_MS, wait);
    }
  };
  const ended = () => {
    if (server.endsWithSources()) {
      // Clients that are still reading get their time: their sessions end by themselves.
      wait();
    }
  };
  for (const source of sources.all) {
    held.add(source.onDidChange(ended));
  }
  ended();
}
