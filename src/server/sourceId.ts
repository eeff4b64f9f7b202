import { createHash } from 'node:crypto';
import { onOneLine } from '../base/controlCharacters';
import { shorten } from '../base/shorten';

/** Longest id of a source, in bytes of UTF-8: it stands in the head of each frame, whose size is limited. */
export const SOURCE_ID_BYTES = 128;

/** So many characters of a text that is too long for an id tell a person what it was. */
const SHOWN_CHARACTERS = 24;

/** Digits of the digest that tells such texts apart: 64 bits. */
const DIGEST_DIGITS = 16;

/**
 * The id of a source that a text names: the text itself where that is short and clean, as nearly all are. JSON
 * writes a control character in six bytes, so a path of 750 of them had made each head of a frame longer than
 * a client accepts. Another text gets its end, cleaned, and a digest of the whole. The same for the same text,
 * also in another run of the server, and the same again for an id.
 */
export function sourceIdOf(text: string): string {
  if (Buffer.byteLength(text) <= SOURCE_ID_BYTES && onOneLine(text) === text) {
    return text;
  }
  const digest = createHash('sha256').update(text, 'utf16le').digest('hex').slice(0, DIGEST_DIGITS);
  const characters = [...onOneLine(text)];
  const end = characters.slice(-SHOWN_CHARACTERS).join('').trimStart();
  return `${characters.length > SHOWN_CHARACTERS ? '…' : ''}${end} ${digest}`;
}

/** Longest name of a source that is told, in characters. */
const NAME_CHARACTERS = 200;

/** The name of a source as clients are told it. */
export function toldName(name: string): string {
  return shorten(name, NAME_CHARACTERS);
}

/** What a client means by a text: a source by its id, or else by its name where only one has it. */
export class SourceNames<Source extends { readonly id: string; readonly name: string }> {
  readonly #byId = new Map<string, Source>();
  /** Null: several have it. */
  readonly #byName = new Map<string, Source | null>();

  constructor(sources: Iterable<Source> = []) {
    for (const source of sources) {
      this.add(source);
    }
  }

  add(source: Source): void {
    this.#byId.set(source.id, source);
    for (const name of new Set([source.name, toldName(source.name)])) {
      this.#byName.set(name, this.#byName.has(name) ? null : source);
    }
  }

  /** By id, also by the long text that an id stands for. */
  withId(text: string): Source | undefined {
    return this.#byId.get(text) ?? this.#byId.get(sourceIdOf(text));
  }

  find(text: string): Source | undefined {
    return this.withId(text) ?? this.#byName.get(text) ?? undefined;
  }
}
