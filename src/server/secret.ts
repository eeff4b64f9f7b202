import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A secret that nobody can guess: 256 random bits, fit for addresses and headers. */
export function drawSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** A secret to compare others with, in constant time: by digests, which have one length and whose beginning says nothing. */
export class SecretDigest {
  readonly #digest: Buffer;

  constructor(text: string) {
    this.#digest = createHash('sha256').update(text).digest();
  }

  static of(text: string): SecretDigest {
    return new SecretDigest(text);
  }

  equals(other: SecretDigest): boolean {
    return timingSafeEqual(this.#digest, other.#digest);
  }
}
