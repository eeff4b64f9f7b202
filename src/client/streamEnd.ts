import type { SourceExit } from '../protocol/messages';

/** The end of everything a stream is made of. */
export interface StreamEnd {
  /** What has ended: the whole command line, or the name of the one source; absent: several things. */
  readonly name?: string;
  /** How, where that is known; of several commands that of one that failed. */
  readonly exit?: SourceExit;
}

/** How an end looks: one that is as it should be, or of which nothing is known, asks for no attention. */
export function endTone({ exit }: StreamEnd): 'ended' | 'warning' {
  return exit === undefined || isWell(exit) ? 'ended' : 'warning';
}

/** Whether an end is as it should be. */
export function isWell(exit: SourceExit): boolean {
  return 'code' in exit && exit.code === 0;
}
