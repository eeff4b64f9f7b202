import { readFile } from 'node:fs/promises';
import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import type { TokenSource } from '../client/credentials';
import { terminalTexts } from '../text/terminal';
import { causeOf } from './cause';

/** What `Authorization: Bearer TOKEN` can carry; Node throws at most other characters, and servers differ over the rest. */
const sendableToken = /^[\x20-\x7e]+$/;

/** How often the file is looked at while its token is of no use, ms. */
const lookEveryMs = 2000;

/** What came of reading a token: a problem is one of the file (1) or of its use (2), as exit codes have it. */
export type TokenFileReading =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'problem'; readonly problem: string; readonly code: 1 | 2 };

/**
 * The file that a token stands in. It is read before each dial, since short-lived tokens are renewed in their
 * place (Kubernetes projects them so), and looked at while a connection waits.
 */
export class TokenFile implements Disposable {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #changed: () => void;
  #last = '';
  #timer: Disposable | null = null;

  /** @param changed called while it is watched, when the token is another one than that of the last dial. */
  constructor(path: string, clock: Clock, changed: () => void) {
    this.#path = path;
    this.#clock = clock;
    this.#changed = changed;
  }

  /** The token for the dial that begins now. Never rejects. */
  readonly token: TokenSource = async () => {
    const reading = await readTokenFile(this.#path);
    this.#last = identity(reading);
    return reading;
  };

  /** Whether the connection waits: only then there is something that another token would change. */
  setWatched(watched: boolean): void {
    if (!watched) {
      this.dispose();
    } else if (this.#timer === null) {
      this.#look();
    }
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#timer = null;
  }

  #look(): void {
    const timer = this.#clock.schedule(lookEveryMs, async () => {
      const reading = await readTokenFile(this.#path);
      if (this.#timer !== timer) {
        return;
      }
      if (reading.kind === 'token' && identity(reading) !== this.#last) {
        this.#last = identity(reading);
        this.#changed();
      }
      if (this.#timer === timer) {
        this.#look();
      }
    });
    this.#timer = timer;
  }
}

function identity(reading: TokenFileReading): string {
  return reading.kind === 'token' ? reading.token : '';
}

/** Reads the token of a file; says in one sentence why there is none. */
export async function readTokenFile(path: string): Promise<TokenFileReading> {
  try {
    const token = (await readFile(path, 'utf8')).trim();
    if (token === '') {
      return { kind: 'problem', problem: terminalTexts.tokenEmpty(path), code: 1 };
    }
    if (!sendableToken.test(token)) {
      return { kind: 'problem', problem: terminalTexts.tokenUnsendable(path), code: 2 };
    }
    return { kind: 'token', token };
  } catch (error) {
    return { kind: 'problem', problem: terminalTexts.tokenUnreadable(path, causeOf(error)), code: 1 };
  }
}
