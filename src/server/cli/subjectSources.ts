import { systemClock } from '../../base/clock';
import type { DisposableStore } from '../../base/disposable';
import { systemRandom } from '../../base/random';
import { texts } from '../../text/texts';
import { CommandSources } from '../command/commandSource';
import { unmatchedPatterns } from '../file/matching/filePatterns';
import { createDemoSource } from '../ring/demoSource';
import type { ServerLog } from '../ring/serverLog';
import { createStdinSource } from '../ring/stdinSource';
import { SourceSet } from '../sourceSet';
import type { ServerSettings } from './commandLine';
import { descriptorLimit, descriptorsForFiles } from './descriptors';
import { StartError } from './startError';
import { complain } from './terminal';

/** The set that the sources of the subject join: files up to the number of descriptors. */
export function createSourceSet({ subject, maxLineBytes, bufferBytes }: ServerSettings): SourceSet {
  const limit = subject.kind === 'files' ? descriptorLimit() : Number.POSITIVE_INFINITY;
  return new SourceSet({
    clock: systemClock,
    maxLineBytes,
    capacityBytes: bufferBytes,
    mostFiles: descriptorsForFiles(limit),
    onLeftOut: (paths) => complain(texts.server.leftOutFiles(paths, limit)),
  });
}

/** Adds standard input, or what a command writes, if that is what is served; gives the command. */
export function addStream(
  settings: ServerSettings,
  sources: SourceSet,
  held: DisposableStore,
): CommandSources | undefined {
  const { subject, bufferBytes, maxLineBytes } = settings;
  const stream = { capacityBytes: bufferBytes, maxLineBytes, clock: systemClock };
  if (subject.kind === 'stdin') {
    const { source, feed } = createStdinSource(process.stdin, stream, settings.block, settings.name);
    held.add(feed);
    sources.add(source);
  }
  if (subject.kind !== 'command') {
    return undefined;
  }
  const command = held.add(
    new CommandSources({
      ...stream,
      command: subject.command,
      args: subject.args,
      name: settings.name,
      restart: settings.restart,
      onNotStarted: complain,
    }),
  );
  for (const source of command.sources) {
    sources.add(source);
  }
  command.start();
  return command;
}

/**
 * Adds the files that the command line names, and says of each that cannot be read why.
 * @throws StartError where none of them can be read.
 */
export async function addFiles(patterns: readonly string[], sources: SourceSet): Promise<void> {
  const named = await sources.addFiles(patterns);
  for (const { problem } of named) {
    if (problem) {
      complain(problem);
    }
  }
  for (const pattern of await unmatchedPatterns(patterns)) {
    complain(texts.server.waitingForMatches(pattern));
  }
  if (named.length > 0 && named.every(({ state }) => state === 'failed')) {
    throw new StartError(texts.server.nothingToServe);
  }
}

/** Adds the demo, and the server's own log beside it. */
export function addDemo(sources: SourceSet, serverLog: ServerLog, held: DisposableStore): void {
  const demo = createDemoSource(systemClock, systemRandom);
  held.add(demo.feed);
  sources.add(demo.source);
  sources.add(serverLog.source);
}
