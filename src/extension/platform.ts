import type { Clock } from '../base/clock';
import type { Random } from '../base/random';
import type { Transport } from '../client/transport';
import type { ServerStarter } from './serverSession';

/**
 * What differs between the runtimes the extension lives in: Node.js on the desktop and in remote
 * windows, a web worker in a browser. Everything else is shared.
 */
export interface Platform {
  readonly clock: Clock;
  readonly random: Random;
  readonly transport: Transport;
  /** Absent where no process can be started. */
  readonly servers?: {
    /** `process.platform`. */
    readonly name: string;
    readonly start: ServerStarter;
  };
}
