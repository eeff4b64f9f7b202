/** What container runtimes put in front of a line; the line itself is read by its own format. */
export interface Prefixed {
  readonly rest: string;
  readonly fields: Readonly<Record<string, string>>;
}

const TIME = String.raw`\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})`;
/** The Container Runtime Interface's log format: `2026-11-23T08:00:00.123456789Z stdout F message`. */
const CRI = new RegExp(`^(?<containerTime>${TIME}) (?<stream>stdout|stderr) [FP](?: |$)`);
/** `docker logs --timestamps`, `kubectl logs --timestamps`: nine digits of a second, as no logger writes them. */
const TIMESTAMPS = /^(?<containerTime>\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{9}(?:Z|[+-]\d{2}:\d{2}))(?: |$)/;
/** `docker compose logs`: `web-1  | message`. Two spaces or more: `id | name` is a table. */
const COMPOSE = /^(?<container>[\w.@-]{1,128}) {2,64}\|(?: |$)/;
/** `kubectl logs --prefix`: `[pod/web-7d4/app] message`. */
const POD = /^\[pod\/(?<pod>[\w.-]{1,256})\/(?<container>[\w.-]{1,256})\] /;

const SPACE = 0x20;
const ZERO = 0x30;
const NINE = 0x39;
const BRACKET = 0x5b;
/** A time of these begins with `2026-11-23T`. */
const TIME_MARK_AT = 10;
/** Its nine digits of a second end here. */
const NINE_DIGITS_END_AT = 29;
/** Takes one prefix off, or null where there is none. */
export function takePrefix(text: string): Prefixed | null {
  const first = text.charCodeAt(0);
  if (first === BRACKET) {
    return take(POD, text);
  }
  const space = text.indexOf(' ');
  if (first >= ZERO && first <= NINE && text.charAt(TIME_MARK_AT) === 'T') {
    return (
      (text.startsWith('std', space + 1) ? take(CRI, text) : null) ??
      ('Z+-'.includes(text.charAt(NINE_DIGITS_END_AT)) ? take(TIMESTAMPS, text) : null)
    );
  }
  // A name and two spaces: nearly every other line is told apart at its first space.
  return space > 0 && text.charCodeAt(space + 1) === SPACE ? take(COMPOSE, text) : null;
}

function take(pattern: RegExp, text: string): Prefixed | null {
  const match = pattern.exec(text);
  return match ? { rest: text.slice(match[0].length), fields: { ...match.groups } } : null;
}
