import { stripAnsi } from './ansi';
import { takePrefix } from './formats/prefix';

/**
 * Lines that go on with the entry above: stack frames and their introductions in Java, Python,
 * Node, Go, .NET and Rust, and anything indented. None repeats a group that holds a repetition of
 * the same characters: a line of dots must not take longer than any other.
 */
const CONTINUATIONS: readonly RegExp[] = [
  /^Caused by: /,
  /^\.{3} \d+ (?:more|common frames omitted)/,
  /^Suppressed: /,
  /^Traceback \(most recent call last\):/,
  /^(?:During handling of the above exception|The above exception was the direct cause)/,
  /^(?:[A-Za-z_$][\w$]*\.)*[A-Z][\w$]*(?:Exception|Error|Warning|Interrupt|Exit)(?::|$)/,
  /^goroutine \d+ \[/,
  /^panic\((?:\{?0x|\.\.\.)/,
  /^[\w./~%$-]+\.(?:\(\*?[\w.[\]]+\)\.)?[\w.$[\]-]*\(.*\)$/,
  /^created by [\w./*()-]+/,
  /^\[signal SIG[A-Z]+/,
  /^exit status \d+$/,
  /^--- End of (?:inner exception )?stack trace/,
  /^stack backtrace:/,
  /^note: (?:run with|Some details)/,
  /^Node\.js v\d/,
  /^Require stack:/,
  /^[}\])]+[,;]?$/,
];

/** What tells stands in front; a frame's arguments may be longer, but its end is looked at as well. */
const LOOKED_AT = 1024;
const TAB = 0x09;
const RETURN = 0x0d;
const ESCAPE = 0x1b;
const SPACE = 0x20;

/** Whether a byte can begin a line that goes on with the entry above, without a look at the rest. */
export type FirstByteVerdict = 'continues' | 'starts' | 'unknown';

/** What a line's first byte tells: most lines begin with a digit, a quote or a brace, and start an entry. */
export function verdictOfFirstByte(byte: number | undefined): FirstByteVerdict {
  if (byte === undefined || byte === TAB || byte === SPACE) {
    return 'continues';
  }
  const isLetter = (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
  // Letters and _ $ ( . - [ ] } ) ~ % begin some of the patterns above; a carriage return may be all
  // there is of an empty line, and an escape sequence colours what follows.
  return isLetter ||
    byte === RETURN ||
    byte === ESCAPE ||
    byte === 0x5f ||
    byte === 0x24 ||
    byte === 0x25 ||
    byte === 0x7e ||
    (byte >= 0x28 && byte <= 0x2e) ||
    byte === 0x5b ||
    byte === 0x5d ||
    byte === 0x7d
    ? 'unknown'
    : 'starts';
}

/** Whether a line begins an entry of its own, as opposed to going on with the one above. An empty line goes on. */
export function startsEntry(text: string): boolean {
  const verdict = verdictOfFirstByte(text === '' ? undefined : text.charCodeAt(0));
  if (verdict !== 'unknown') {
    return verdict === 'starts';
  }
  const head = text.length > LOOKED_AT ? text.slice(0, LOOKED_AT) : text;
  const clean = head.includes('\u001b') || head.startsWith('\r') ? stripAnsi(head) : head;
  // `docker compose logs` puts a name in front of each frame as well.
  const rest = takePrefix(clean)?.rest ?? clean;
  const first = rest.charCodeAt(0);
  return rest !== '' && first !== TAB && first !== SPACE && !CONTINUATIONS.some((pattern) => pattern.test(rest));
}
