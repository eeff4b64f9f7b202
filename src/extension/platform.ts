import type { Clock } from '../base/clock';
import type { Random } from '../base/random';
import type { Transport } from '../client/transport';
import type { OpenPatternThread } from '../records/patternThread';
import type { ServerStarter } from './serverSession';

/**
 * What differs between the runtimes the extension lives in: Node.js on the desktop and in remote
 * windows, a web worker in a browser. Everything else is shared.
 */
export interface Platform {
  readonly clock: Clock;
  readonly random: Random;
  readonly transport: Transport;
  /** Starts a thread for a person's patterns; absent where there are none. */
  readonly openPatternThread?: OpenPatternThread;
  /** Where files of this machine can be written piece by piece; resolves to the bytes written. */
  readonly writeFile?: (path: string, content: AsyncIterable<Uint8Array>, signal: AbortSignal) => Promise<number>;
  /** Absent where no process can be started. */
  readonly servers?: {
    /** `process.platform`. */
    readonly name: string;
    readonly start: ServerStarter;
  };
}
