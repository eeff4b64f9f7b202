import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import { parseServerAnswer, type ServerAnswer, type ServerRequest } from '../protocol/serverChannel';
import { texts } from '../text/texts';

/** How long the server may take to answer, ms; it has nothing to wait for. */
const ANSWER_MS = 10_000;

interface Waiting {
  readonly timer: Disposable;
  readonly settle: (answer: ServerAnswer) => void;
  readonly fail: (error: Error) => void;
}

/** What is asked of a server over the channel that it was started with. */
export class ServerRequests {
  readonly #send: (request: ServerRequest) => void;
  readonly #clock: Clock;
  readonly #waiting = new Map<number, Waiting>();
  #ids = 0;
  #ended = false;

  constructor(send: (request: ServerRequest) => void, clock: Clock) {
    this.#send = send;
    this.#clock = clock;
  }

  /** Has it listen on a port, if it does not yet; resolves to the page's address, rejects with its own words. */
  async openPort(port: number): Promise<string> {
    const answer = await this.#ask((id) => ({ type: 'openPort', id, port }));
    return answer.type === 'portOpen' ? answer.address : refused(answer);
  }

  /** A ticket for one page, which will be under `origin`, or on the loopback (null). */
  async issueTicket(origin: string | null): Promise<string> {
    const answer = await this.#ask((id) => ({ type: 'issueTicket', id, origin }));
    return answer.type === 'ticket' ? answer.ticket : refused(answer);
  }

  /** Takes what came over the channel. */
  receive(message: unknown): void {
    const answer = parseServerAnswer(message);
    if (answer !== null) {
      this.#take(answer.id)?.settle(answer);
    }
  }

  /** The server has ended: nothing is answered any more. */
  end(): void {
    this.#ended = true;
    for (const id of [...this.#waiting.keys()]) {
      this.#take(id)?.fail(new Error(texts.extension.server.endedMeanwhile));
    }
  }

  #ask(make: (id: number) => ServerRequest): Promise<ServerAnswer> {
    return new Promise((settle, fail) => {
      if (this.#ended) {
        fail(new Error(texts.extension.server.endedMeanwhile));
        return;
      }
      const id = ++this.#ids;
      const timer = this.#clock.schedule(ANSWER_MS, () =>
        this.#take(id)?.fail(new Error(texts.extension.server.noAnswer(ANSWER_MS / 1000))),
      );
      this.#waiting.set(id, { timer, settle, fail });
      this.#send(make(id));
    });
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.timer.dispose();
    return waiting;
  }
}

function refused(answer: ServerAnswer): never {
  throw new Error(answer.type === 'failed' ? answer.reason : texts.extension.server.otherAnswer);
}
