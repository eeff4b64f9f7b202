/** What container runtimes put in front of a line; the line itself is read by its own format. */
export interface Prefixed {
  readonly rest: string;
  readonly fields: Readonly<Record<string, string>>;
}

const TIME = String.raw`\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})`;
/** A form of prefix, and the names of the fields its groups are. */
interface Form {
  readonly pattern: RegExp;
  readonly names: readonly string[];
}

/** The Container Runtime Interface's log format: `2026-11-23T08:00:00.123456789Z stdout F message`; `P` is only a part of a line. */
const CRI: Form = {
  pattern: new RegExp(`^(${TIME}) (stdout|stderr) [FP](?: |$)`),
  names: ['containerTime', 'stream'],
};
/** What tells it from a line of an application that begins with a time and `std`. */
const CRI_BEHIND_TIME = /^(?:stdout|stderr) [FP](?: |$)/;
const CRI_TAG_END = 9;
/** `docker logs --timestamps`, `kubectl logs --timestamps`: nine digits of a second, as no logger writes them. */
const TIMESTAMPS: Form = {
  pattern: /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{9}(?:Z|[+-]\d{2}:\d{2}))(?: |$)/,
  names: ['containerTime'],
};
/** `docker compose logs`: `web-1  | message`. Two spaces or more: `id | name` is a table. */
const COMPOSE: Form = { pattern: /^([\w.@-]{1,128}) {2,64}\|(?: |$)/, names: ['container'] };
/** `kubectl logs --prefix`: `[pod/web-7d4/app] message`. */
const POD: Form = { pattern: /^\[pod\/([\w.-]{1,256})\/([\w.-]{1,256})\] /, names: ['pod', 'container'] };

const SPACE = 0x20;
const ZERO = 0x30;
const NINE = 0x39;
const BRACKET = 0x5b;
/** A time of these begins with `2026-11-23T`. */
const TIME_MARK_AT = 10;
/** Its nine digits of a second end here. */
const NINE_DIGITS_END_AT = 29;
/** A time without a fraction ends at the first of these, one with nine digits and an offset at the second. */
const SHORTEST_TIME = 20;
const LONGEST_TIME = 35;
/** Letters of `stdout`, `stderr`. */
const STREAM_LENGTH = 6;
const LETTER_D = 0x64;
const LETTER_S = 0x73;
const LETTER_T = 0x74;
const CAPITAL_T = 0x54;
const CAPITAL_Z = 0x5a;
const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;

/** Takes one prefix off, or null where there is none. */
export function takePrefix(text: string): Prefixed | null {
  const form = formOf(text);
  const match = form?.pattern.exec(text);
  if (!form || !match) {
    return null;
  }
  const fields = Object.fromEntries(form.names.map((name, index) => [name, match[index + 1] as string]));
  return { rest: text.slice(match[0].length), fields };
}

/** Where one prefix ends, or 0 where there is none: the same for who needs no fields, and several times as fast. */
export function endOfPrefix(text: string): number {
  return formOf(text)?.pattern.exec(text)?.[0].length ?? 0;
}

/** The only form that a line may have: told by a few characters, as nearly all lines have none. */
function formOf(text: string): Form | undefined {
  const first = text.charCodeAt(0);
  if (first === BRACKET) {
    return POD;
  }
  const space = text.indexOf(' ');
  if (first >= ZERO && first <= NINE && text.charAt(TIME_MARK_AT) === 'T') {
    if (text.startsWith('std', space + 1) && CRI_BEHIND_TIME.test(text.slice(space + 1, space + 1 + CRI_TAG_END))) {
      return CRI;
    }
    return 'Z+-'.includes(text.charAt(NINE_DIGITS_END_AT)) ? TIMESTAMPS : undefined;
  }
  // A name and two spaces: nearly every other line is told apart at its first space.
  return space > 0 && text.charCodeAt(space + 1) === SPACE ? COMPOSE : undefined;
}

/**
 * Whether a line that begins with a digit may have a container runtime's time in front: a look at a
 * few bytes, so that the many lines that begin with a time of their own need not be decoded.
 */
export function mayHaveContainerTime(line: Uint8Array): boolean {
  if (line[TIME_MARK_AT] !== CAPITAL_T) {
    return false;
  }
  const zone = line[NINE_DIGITS_END_AT];
  if (line[NINE_DIGITS_END_AT - 10] === POINT && (zone === CAPITAL_Z || zone === PLUS || zone === MINUS)) {
    return true;
  }
  let space = SHORTEST_TIME;
  while (space < LONGEST_TIME && line[space] !== SPACE) {
    space++;
  }
  return line[space + 1] === LETTER_S && line[space + 2] === LETTER_T && line[space + 3] === LETTER_D;
}

/**
 * Whether a line in the Container Runtime Interface's format goes on with the one above: runtimes cut
 * long lines, and the next one of the stream goes on with what is only a part (`P`).
 */
export function goesOnWithPart(text: string, above: string): boolean {
  const name = streamOf(above, 'P');
  return name !== null && CRI.pattern.test(above) && streamOf(text) === name && CRI.pattern.test(text);
}

/** The stream that stands where the format has it, without a look at the rest. */
function streamOf(text: string, tag?: 'P'): string | null {
  const at = text.indexOf(' ') + 1;
  const end = at + STREAM_LENGTH;
  return at >= SHORTEST_TIME && (tag === undefined || text.charAt(end + 1) === tag) ? text.slice(at, end) : null;
}
