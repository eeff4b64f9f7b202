import type { Clock } from '../../base/clock';
import type { Disposable } from '../../base/disposable';
import { shorten } from '../../base/shorten';
import { CLOSE } from '../../protocol/closeCodes';
import { LIMITS } from '../../protocol/limits';
import type { HelloMessage, ResumeMessage, ResumePosition } from '../../protocol/messages';
import { PROTOCOL_VERSION } from '../../protocol/version';
import { texts } from '../../text/texts';
import type { CloseEntry } from './channel';
import type { ResumePositions } from './resumePositions';
import { SESSION_LIMITS } from './sessionLimits';
import type { Subscription } from './subscription';

/** What a handshake needs of its session. */
export interface HandshakeParts {
  readonly clock: Clock;
  readonly subscription: Subscription;
  readonly positions: ResumePositions;
  /** Whether this client, which shows that token, may read. */
  mayRead(token: string | undefined): boolean;
  /** Takes the client in and welcomes it; false where there is no place for it. */
  welcome(hello: HelloMessage): boolean;
  /** All is known that a client says before the first line. */
  completed(): void;
  close(entry: CloseEntry, reason: string): void;
}

/** What a client says first: who it is, what it wants, and where it stands (PROTOCOL.md sections 2 and 5). */
export class Handshake implements Disposable {
  readonly #parts: HandshakeParts;
  #hello: Omit<HelloMessage, 'resume' | 'sources'> | undefined;
  /** Messages with further positions that are still to come; nothing is sent of any source before. */
  #awaitedParts = 0;
  /** Ends a client that does not say what is waited for. */
  #deadline: Disposable;

  constructor(parts: HandshakeParts) {
    this.#parts = parts;
    this.#deadline = parts.clock.schedule(SESSION_LIMITS.helloMs, () => {
      this.#fail(texts.server.closeReason.helloTimeout(SESSION_LIMITS.helloMs));
    });
  }

  /** What it has said of itself; undefined before it has said hello, and was let in. */
  get hello(): Omit<HelloMessage, 'resume' | 'sources'> | undefined {
    return this.#hello;
  }

  /** It has said hello, and where it stands in all of its sources. */
  get isComplete(): boolean {
    return this.#hello !== undefined && this.#awaitedParts === 0;
  }

  takeHello(hello: HelloMessage): void {
    const { closeReason } = texts.server;
    const { mayRead, close } = this.#parts;
    if (this.#hello) {
      this.#fail(closeReason.helloTwice);
    } else if (hello.version !== PROTOCOL_VERSION) {
      close(CLOSE.unsupportedVersion, closeReason.version(PROTOCOL_VERSION));
    } else if (hello.clientId.length < 1 || hello.clientId.length > SESSION_LIMITS.clientIdLength) {
      this.#fail(closeReason.clientId);
    } else if ((hello.resumeParts ?? 0) > LIMITS.resumeParts) {
      this.#fail(closeReason.resumeParts(LIMITS.resumeParts));
    } else if (!mayRead(hello.token)) {
      close(CLOSE.forbidden, closeReason.forbidden);
    } else if (this.choose(hello.sources) && this.#takePositions(hello.resume ?? [])) {
      this.#enter(hello);
    }
  }

  /** More of where the client stands. */
  takePart({ positions }: ResumeMessage): void {
    if (this.#awaitedParts === 0) {
      this.#fail(texts.server.closeReason.resumeUnasked);
    } else if (this.#takePositions(positions)) {
      this.#awaitedParts--;
      this.#completeOrWait();
    }
  }

  /** Takes note of the sources that are wanted; closes, and returns false, where there is no such one. */
  choose(sources: readonly string[] | undefined): boolean {
    const unknown = this.#parts.subscription.choose(sources);
    if (unknown === undefined) {
      return true;
    }
    const shown = shorten(unknown, SESSION_LIMITS.echoedCharacters);
    this.#parts.close(CLOSE.noSuchSource, texts.server.closeReason.noSuchSource(shown));
    return false;
  }

  dispose(): void {
    this.#deadline.dispose();
  }

  #enter(hello: HelloMessage): void {
    // What it wants and where it stands is noted elsewhere, and need not be kept twice.
    const { resume: _resume, sources: _sources, ...rest } = hello;
    this.#hello = rest;
    this.#deadline.dispose();
    if (!this.#parts.welcome(hello)) {
      // Before anything is opened for it.
      this.#parts.close(CLOSE.overloaded, texts.server.closeReason.overloaded);
      return;
    }
    this.#awaitedParts = hello.resumeParts ?? 0;
    this.#completeOrWait();
  }

  /** Takes note of where the client stands; false if it cannot stand there. */
  #takePositions(positions: readonly ResumePosition[]): boolean {
    if (positions.some(({ epoch }) => epoch.length > SESSION_LIMITS.epochLength)) {
      this.#fail(texts.server.closeReason.epoch(SESSION_LIMITS.epochLength));
      return false;
    }
    this.#parts.positions.add(positions);
    return true;
  }

  /** Nothing is said of a source before it is known where the client stands in all of them. */
  #completeOrWait(): void {
    this.#deadline.dispose();
    if (this.#awaitedParts === 0) {
      this.#parts.completed();
      return;
    }
    const { resumePartMs } = SESSION_LIMITS;
    this.#deadline = this.#parts.clock.schedule(resumePartMs, () => {
      const { closeReason } = texts.server;
      this.#parts.close(CLOSE.receiveTimeout, closeReason.resumeMissed(this.#awaitedParts, resumePartMs));
    });
  }

  #fail(reason: string): void {
    this.#parts.close(CLOSE.protocolError, reason);
  }
}
