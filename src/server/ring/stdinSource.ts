import type { Readable } from 'node:stream';
import type { Clock } from '../../base/clock';
import type { Disposable } from '../../base/disposable';
import { LIMITS } from '../../protocol/limits';
import { EVENT_KINDS } from '../../protocol/messages';
import { TIMINGS } from '../../protocol/timings';
import { texts } from '../../text/texts';
import { LineCutter } from '../lineCutter';
import { RingSource } from './ringSource';

export interface StreamSettings {
  readonly capacityBytes: number;
  readonly maxLineBytes: number;
  readonly clock: Clock;
}

/** What feeds a source; disposed, it does so no more, and what has no newline yet is dropped. */
export interface Feed extends Disposable {
  /** Gives out a last line that has no newline: nothing more will be written to the stream. */
  finish(): void;
}

/**
 * Feeds a source from a stream of bytes. With `block` the stream waits while the ring is full of
 * lines that a connected client has not read, and also while nobody is connected: whoever asked for
 * it wants no line lost before the first client, or between two. Otherwise lines are overwritten,
 * and a client that missed some is told. `onEnd` runs once, after the last line.
 */
export function feedFromStream(
  source: RingSource,
  stream: Readable,
  settings: StreamSettings,
  block: boolean,
  onEnd: () => void,
): Feed {
  const cutter = new LineCutter(settings.maxLineBytes);
  let partialTimer: Disposable | undefined;
  let done = false;
  const take = (chunk: Buffer) => {
    for (const lines of cutter.take(chunk)) {
      source.append(lines);
    }
    partialTimer?.dispose();
    partialTimer = settings.clock.schedule(TIMINGS.partialMs, () => {
      source.setPartial(cutter.unfinished.subarray(0, LIMITS.partialBytes).toString('utf8'));
    });
    if (block && !source.canTake(64 * 1024)) {
      stream.pause();
    }
  };
  const resume = source.onDidRead(() => {
    if (block && stream.isPaused() && source.canTake(64 * 1024)) {
      stream.resume();
    }
  });
  const finish = () => {
    partialTimer?.dispose();
    const last = cutter.end();
    if (last) {
      source.append(last);
    }
  };
  const end = () => {
    if (!done) {
      done = true;
      resume.dispose();
      finish();
      onEnd();
    }
  };
  stream.on('data', take);
  stream.once('end', end);
  stream.once('close', end);
  stream.once('error', end);
  return {
    finish,
    dispose() {
      done = true;
      resume.dispose();
      partialTimer?.dispose();
      stream.off('data', take);
      stream.destroy();
    },
  };
}

/** Standard input as a source; what came is served on after its end. */
export function createStdinSource(
  input: Readable,
  settings: StreamSettings,
  block: boolean,
  name?: string,
): { readonly source: RingSource; readonly feed: Disposable } {
  const source = new RingSource({
    id: 'stdin',
    name: name ?? texts.server.standardInput,
    kind: 'stdin',
    capacityBytes: settings.capacityBytes,
    clock: settings.clock,
  });
  const feed = feedFromStream(source, input, settings, block, () => {
    source.addEvent(EVENT_KINDS.ended, texts.server.inputEnded(name));
    source.setState('ended');
  });
  return { source, feed };
}
