import type { SourceExit, SourceMessage } from '../protocol/messages';

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

function isWell(exit: SourceExit): boolean {
  return 'code' in exit && exit.code === 0;
}

/**
 * The one answer to whether all of a stream has ended, and how; undefined while something lives or may
 * live again: a source that waits or fails has not ended.
 */
export function streamEnd(sources: Iterable<SourceMessage>): StreamEnd | undefined {
  const all = [...sources];
  if (all.length === 0 || all.some(({ state }) => state !== 'ended')) {
    return undefined;
  }
  const names = new Set(all.map(({ command, name }) => command ?? name));
  const exits = all.flatMap(({ exit }) => exit ?? []);
  const exit = exits.find((each) => !isWell(each)) ?? exits[0];
  const [name] = names;
  return {
    ...(names.size === 1 && name !== undefined ? { name } : {}),
    ...(exit === undefined ? {} : { exit }),
  };
}

/** The id of a source whose command has ended, both its outputs; undefined where none has. */
export function endedCommand(sources: Iterable<SourceMessage>): string | undefined {
  const outputs = [...sources].filter(({ kind }) => kind === 'command');
  return outputs.every(({ state }) => state === 'ended') ? outputs[0]?.source : undefined;
}
