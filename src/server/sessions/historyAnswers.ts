import { shorten } from '../../base/shorten';
import { Slots } from '../../base/slots';
import { EVENT_KINDS, type HistoryMessage } from '../../protocol/messages';
import { texts } from '../../text/texts';
import type { Channel } from './channel';
import type { Deliveries } from './deliveries';
import type { Delivery } from './delivery';
import { firstBefore } from './numbering';
import type { Outgoing } from './outgoing';
import { SESSION_LIMITS } from './sessionLimits';

/** Answers what a client asks for from before the lines it was given (PROTOCOL.md section 6). */
export class HistoryAnswers {
  readonly #channel: Channel;
  readonly #outgoing: Outgoing;
  readonly #deliveries: Deliveries;
  readonly #slots = new Slots(SESSION_LIMITS.historyAtOnce);
  /** Those with an answer under way: one each. */
  readonly #running = new Set<Delivery>();
  /** Answers that wait until the socket has taken something, or nobody wants them any more. */
  #waiting: (() => void)[] = [];

  constructor(channel: Channel, outgoing: Outgoing, deliveries: Deliveries) {
    this.#channel = channel;
    this.#outgoing = outgoing;
    this.#deliveries = deliveries;
  }

  async answer(request: HistoryMessage): Promise<void> {
    const delivery = this.#deliveries.of(request.source);
    if (!delivery) {
      const shown = shorten(request.source, SESSION_LIMITS.echoedCharacters);
      this.#outgoing.refuse('no-such-source', texts.server.historyUnknownSource(shown));
      return;
    }
    if (this.#running.has(delivery)) {
      this.#outgoing.refuse('busy', texts.server.historyBusy);
      return;
    }
    this.#running.add(delivery);
    await this.#slots.run(() => this.#answerOne(delivery, request));
  }

  /** Has those that wait look again: there is room, or they may not be wanted any more. */
  wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) {
      resolve();
    }
  }

  async #answerOne(delivery: Delivery, request: HistoryMessage): Promise<void> {
    let note = '';
    try {
      await this.#drained(delivery);
      const { cursor, beforeSeq } = request;
      const lines = Math.min(request.lines, SESSION_LIMITS.historyLines);
      const answer = await delivery.source.history({ cursor, epoch: delivery.epoch, beforeSeq, lines }, delivery.left);
      note = answer.note;
      let seq = firstBefore(beforeSeq, answer.linesInAll);
      for await (const item of answer.batches) {
        if (!this.#channel.hasRoom()) {
          await this.#drained(delivery);
        }
        if (!this.#isWanted(delivery)) {
          note = '';
          break;
        }
        this.#outgoing.lines(delivery, item, seq, true);
        seq += item.count;
      }
    } catch (error) {
      // A text in the event would say that there is nothing earlier; these lines may be had another time.
      note = '';
      if (this.#isWanted(delivery)) {
        this.#outgoing.historyFailure(delivery.source, error);
      }
    } finally {
      this.#running.delete(delivery);
    }
    this.#outgoing.event(request.source, { event: EVENT_KINDS.history, text: note });
  }

  /** Whether the client is there and has not left the source. */
  #isWanted(delivery: Delivery): boolean {
    return !this.#channel.isOver && this.#deliveries.holds(delivery);
  }

  /** Waits while the socket has too much unsent; no longer than the client wants the answer. */
  async #drained(delivery: Delivery): Promise<void> {
    while (this.#isWanted(delivery) && !this.#channel.hasRoom()) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }
}
