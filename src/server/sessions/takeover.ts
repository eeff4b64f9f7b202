import { createHash } from 'node:crypto';
import { drawSecret, SecretDigest } from '../secret';

/** Somebody who has said hello. */
interface Holder<Session> {
  readonly session: Session;
  readonly key: SecretDigest;
}

/** What came of a hello. */
export interface Registered<Session> {
  /** For the client alone: whoever shows it with the same id takes this session's place. */
  readonly takeoverKey: string;
  /** Whose place it takes. */
  readonly older: Session | undefined;
}

/**
 * Which session is whose. A client that lost its network comes back while its old connection still
 * stands here, and takes that one's place. A client's id does not suffice for that, since it is no secret:
 * it has to show the key that it was given. Who shows none, or a wrong one, is one more client, whatever
 * it calls itself.
 */
export class Takeover<Session> {
  /** By client id; several clients may call themselves the same. */
  readonly #holders = new Map<string, Holder<Session>[]>();
  readonly #draw: () => string;

  /** @param draw gives a secret, another one each time. */
  constructor(draw: () => string = drawSecret) {
    this.#draw = draw;
  }

  /** Everybody who has said hello. */
  *sessions(): Iterable<Session> {
    for (const holders of this.#holders.values()) {
      for (const { session } of holders) {
        yield session;
      }
    }
  }

  /** Takes in a session; the one whose place it takes is forgotten here. */
  register(session: Session, clientId: string, shownKey: string | undefined): Registered<Session> {
    const holders = this.#holders.get(clientId) ?? [];
    const shown = new SecretDigest(shownKey ?? '');
    // All are compared, whichever it is, so that the time says nothing.
    const [older] = holders.filter(({ key }) => key.equals(shown));
    // The same key again, so that it is of use also where this welcome gets lost on its way.
    const takeoverKey = older !== undefined && shownKey !== undefined ? shownKey : this.#draw();
    const others = holders.filter((each) => each !== older);
    this.#holders.set(clientId, [...others, { session, key: new SecretDigest(takeoverKey) }]);
    return { takeoverKey, older: older?.session };
  }

  /** A session has ended. */
  remove(session: Session, clientId: string): void {
    const left = (this.#holders.get(clientId) ?? []).filter((each) => each.session !== session);
    if (left.length > 0) {
      this.#holders.set(clientId, left);
    } else {
      this.#holders.delete(clientId);
    }
  }
}

/** A client's id as logs show it: tells one from another, and is of no use to anybody who reads it. */
export function shownClient(clientId: string): string {
  return createHash('sha256').update(clientId).digest('hex').slice(0, 8);
}
