import type { Clock } from '../../base/clock';
import { RateLimit } from '../../base/rateLimit';
import { SecretDigest } from '../secret';

/** How long a ticket may be used, ms: a browser has to start, and a tunnel to be made. */
export const TICKET_MS = 120_000;
/** Tickets that wait for their page at once; of more, the oldest can no longer be used. */
const MOST_TICKETS = 20;
/** Pages that were let in; of more, the first has to be opened anew. */
const MOST_PAGES = 200;
/** Wrong tickets in a row, and per second after that. */
const WRONG_BURST = 10;
const WRONG_PER_SECOND = 1;

/** What came of a ticket that was shown. */
export type Redeemed =
  /** A token for the page that showed it. */
  | { readonly kind: 'token'; readonly token: string }
  /** It was used, is too old or was never given out. */
  | { readonly kind: 'spent' }
  /** So was this one, and too many before. */
  | { readonly kind: 'tooMany' };

/**
 * Who may read: whoever shows the server's token, and the pages that came with a ticket. A ticket stands
 * in the address that a browser is opened with, where others may see it for a moment, so it can be used
 * once, soon, and only to get a token that no address ever holds.
 */
export class Access {
  readonly #token: SecretDigest | undefined;
  readonly #clock: Clock;
  readonly #draw: () => string;
  readonly #tickets: { readonly digest: SecretDigest; readonly until: number }[] = [];
  readonly #pages: SecretDigest[] = [];
  readonly #wrong: RateLimit;

  /**
   * @param token undefined: everybody who reaches the server may read.
   * @param draw gives a secret, another one each time.
   */
  constructor(token: string | undefined, clock: Clock, draw: () => string) {
    this.#token = token === undefined ? undefined : new SecretDigest(token);
    this.#clock = clock;
    this.#draw = draw;
    this.#wrong = new RateLimit(clock, WRONG_BURST, WRONG_PER_SECOND);
  }

  /** Whether not everybody who reaches the server may read. */
  get isGuarded(): boolean {
    return this.#token !== undefined;
  }

  /** Whether a token is the server's or that of a page; undefined: none was shown. In constant time. */
  accepts(given: string | undefined): boolean {
    if (this.#token === undefined) {
      return true;
    }
    return isAmong(new SecretDigest(given ?? ''), [this.#token, ...this.#pages]) && given !== undefined;
  }

  /** A ticket for one page, to be used within two minutes. */
  issueTicket(): string {
    const ticket = this.#draw();
    this.#tickets.push({ digest: new SecretDigest(ticket), until: this.#clock.now() + TICKET_MS });
    this.#tickets.splice(0, this.#tickets.length - MOST_TICKETS);
    return ticket;
  }

  /**
   * Takes a ticket and gives a token for the page that shows it. Only wrong ones count against the limit,
   * so nobody can keep the right one from being used.
   */
  redeem(ticket: string): Redeemed {
    const now = this.#clock.now();
    const shown = new SecretDigest(ticket);
    // All are compared, whichever it is, so that the time says nothing.
    const matches = this.#tickets.filter((known) => known.digest.equals(shown));
    const [match] = matches;
    if (match === undefined || match.until < now) {
      return this.#wrong.take() ? { kind: 'spent' } : { kind: 'tooMany' };
    }
    this.#tickets.splice(this.#tickets.indexOf(match), 1);
    const token = this.#draw();
    this.#pages.push(new SecretDigest(token));
    this.#pages.splice(0, this.#pages.length - MOST_PAGES);
    return { kind: 'token', token };
  }
}

function isAmong(shown: SecretDigest, known: readonly SecretDigest[]): boolean {
  return known.filter((each) => each.equals(shown)).length > 0;
}
