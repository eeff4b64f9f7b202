import { LIMITS } from '../protocol/limits';
import type { SourceState } from '../protocol/messages';
import type { Policy } from './policy';

/** A frame of less than this says that the server has nothing more to catch up with. */
const fullFrameBytes = LIMITS.framePayloadBytes / 2;

/**
 * Which sources of one connection have yet to send lines that existed before. It stands beside the machine,
 * which is told only what follows from it, because it is changed in place: with a copy for each source that
 * was told, a client of 10,000 sources was held for 18 s. Each call costs the same however many there are.
 */
export class ReplayProgress {
  readonly #policy: Policy;
  readonly #establishedAt: number;
  /** When each source that has existing lines to send was last heard of; null: it has sent them. */
  readonly #heardOf = new Map<string, number | null>();
  /** How many of them are not null. */
  #behind = 0;
  /** Those heard of, the latest last; what is not true of them any more is passed over. */
  #order: { readonly source: string; readonly at: number }[] = [];

  /** @param establishedAt when lines could first come, ms of the driver's time, as all times here */
  constructor(establishedAt: number, policy: Policy) {
    this.#establishedAt = establishedAt;
    this.#policy = policy;
  }

  /**
   * A source is announced, or has changed. One that is not there or cannot be read has nothing to send. True:
   * it is a new one that may have something.
   */
  announced(source: string, state: SourceState, now: number): boolean {
    if (state === 'waiting' || state === 'failed') {
      this.#note(source, null);
      return false;
    }
    const isNew = !this.#heardOf.has(source);
    if (isNew) {
      this.#note(source, now);
    }
    return isNew;
  }

  /**
   * A source says where it stands: it has sent what existed. True: so have all. A server announces its
   * sources before the lines of the first, so what was not heard of is not waited for.
   */
  marked(source: string): boolean {
    this.#note(source, null);
    return this.#behind === 0;
  }

  /** So many bytes of lines of a source arrived. True: nothing more is to be waited for. */
  arrived(source: string, bytes: number, now: number): boolean {
    const { replayQuietMs, replaySilenceMs } = this.#policy;
    const isLast = bytes < fullFrameBytes && now >= this.#establishedAt + replayQuietMs;
    if (isLast || this.#heardOf.get(source) !== null) {
      this.#note(source, isLast ? null : now);
    }
    if (!isLast) {
      return false;
    }
    const heardOf = this.#lastBehind();
    return heardOf === null || now - heardOf >= replaySilenceMs;
  }

  #note(source: string, at: number | null): void {
    const before = this.#heardOf.get(source);
    this.#heardOf.set(source, at);
    this.#behind += Number(at !== null) - Number(typeof before === 'number');
    if (at === null) {
      return;
    }
    if (this.#order.at(-1)?.source === source) {
      this.#order.pop();
    }
    this.#order.push({ source, at });
    if (this.#order.length > 2 * this.#behind + 100) {
      this.#order = this.#order.filter((each) => this.#heardOf.get(each.source) === each.at);
    }
  }

  /** When any of the sources that have existing lines to send was last heard of; null: there is none. */
  #lastBehind(): number | null {
    for (let last = this.#order.at(-1); last !== undefined; last = this.#order.at(-1)) {
      if (this.#heardOf.get(last.source) === last.at) {
        return last.at;
      }
      this.#order.pop();
    }
    return null;
  }
}
