import { texts } from '../../text/texts';
import type { PortHolder } from './portHolder';

/** What is done where the wanted port is taken. */
export type TakenPort =
  | { readonly kind: 'use'; readonly port: number }
  | { readonly kind: 'refused'; readonly sentence: string };

export interface TakenPortSurroundings {
  readonly findHolder: () => Promise<PortHolder>;
  /** The next port that is free, if there is one near. */
  readonly nextFree: () => Promise<number | undefined>;
  /** Puts a question after a sentence and gives the answer; absent where nobody sits in front of it. */
  readonly ask?: (sentence: string, question: string) => Promise<string>;
}

/**
 * Says who holds the wanted port, and offers the next free one: as a question where a person can answer
 * it, or else by naming it in the sentence.
 */
export async function settleTakenPort(
  host: string,
  port: number,
  { findHolder, nextFree, ask }: TakenPortSurroundings,
): Promise<TakenPort> {
  const [holder, next] = await Promise.all([findHolder(), nextFree()]);
  if (next === undefined || ask === undefined) {
    return { kind: 'refused', sentence: refusedSentence(host, port, holder, next) };
  }
  const { portTaken } = texts.server;
  const taken = portTaken.by(port, host, holderWords(holder));
  const answer = await ask(`${taken}.`, portTaken.question(next));
  return meansYes(answer) ? { kind: 'use', port: next } : { kind: 'refused', sentence: portTaken.notStarted };
}

/** Who holds the port, and which one to choose instead. */
export function refusedSentence(host: string, port: number, holder: PortHolder, next: number | undefined): string {
  const { portTaken } = texts.server;
  return `${portTaken.by(port, host, holderWords(holder))}; ${portTaken.choose(next)}`;
}

function holderWords(holder: PortHolder): string | undefined {
  const { heldBy } = texts.server.portTaken;
  switch (holder.kind) {
    case 'logServer':
      return heldBy.logServer(holder.version, holder.url);
    case 'process':
      return heldBy.process(holder.name, holder.processId);
    case 'unknown':
      return undefined;
  }
}

/** Enter alone means yes, as the capital letter of the question says. */
function meansYes(answer: string): boolean {
  return /^(y|yes)?$/i.test(answer.trim());
}
