import { stripAnsi } from './ansi';
import { endOfPrefix, goesOnWithPart, mayHaveContainerTime } from './formats/prefix';

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

/** All of them in one: tried together they take half the time. */
const CONTINUATION = new RegExp(CONTINUATIONS.map(({ source }) => source).join('|'));

/** The first line of a Rust panic since 1.73: what happened stands on the next one. */
const RUST_PANIC = /^thread '.{0,200}' (?:\(\d+\) )?panicked at .+:\d+:\d+:$/;

/**
 * The last line of a Python traceback: the name of a class, and what it says. Any name may be a
 * class's, so this counts only below a frame.
 */
const PYTHON_EXCEPTION = /^[A-Za-z_]\w*(?:\.\w+|\.<locals>)*(?:: |$)/;
/** Words at that place that are levels: no class is called so. */
const LEVEL_WORD = /^(?:trace|debug|info|notice|warn|warning|error|critical|crit|fatal|severe)(?::|$)/i;
const PYTHON_FRAME = /^ {2}File ".*", line \d+/;
/**
 * Lines of a traceback's last frame: `File "…"`, the source, and marks below it. Since 3.13 the source
 * of one call may take several lines with marks below each.
 */
const FRAME_LINES = 8;

/** Rust's tracing aligns levels to the right: behind a time that is its own, that is no indentation. */
const ALIGNED_LEVEL = /^ +(?:TRACE|DEBUG|INFO|WARN|ERROR)(?: |$)/;

/** Prefixes that may stand in front of each other: `kubectl logs --prefix --timestamps`. */
const MOST_PREFIXES = 3;

/** What tells stands in front; a frame's arguments may be longer, but its end is looked at as well. */
const LOOKED_AT = 1024;
const TAB = 0x09;
const RETURN = 0x0d;
const ESCAPE = 0x1b;
const SPACE = 0x20;
const ZERO = 0x30;
const NINE = 0x39;

/** Whether a line can go on with the entry above, without a look at the rest of it. */
export type FirstBytesVerdict = 'continues' | 'starts' | 'unknown';

/**
 * The text of an earlier line of the same source by its distance, 1 for the line right above;
 * undefined where none of that source stands there. Asked for from the nearest on, and no further
 * than the first that is undefined.
 */
export type LineAbove = (distance: number) => string | undefined;

const nothingAbove: LineAbove = () => undefined;

/** What a line's first bytes tell: most lines begin with a digit, a quote or a brace, and start an entry. */
export function verdictOfFirstBytes(line: Uint8Array): FirstBytesVerdict {
  const first = line[0];
  return isDigit(first) ? (mayHaveContainerTime(line) ? 'unknown' : 'starts') : verdictOf(first);
}

function isDigit(code: number | undefined): boolean {
  return code !== undefined && code >= ZERO && code <= NINE;
}

function verdictOf(code: number | undefined): FirstBytesVerdict {
  if (code === undefined || code === TAB || code === SPACE) {
    return 'continues';
  }
  const isLetter = (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
  // Letters and _ $ ( . - [ ] } ) ~ % begin some of the patterns above; a carriage return may be all
  // there is of an empty line, and an escape sequence colours what follows.
  return isLetter ||
    code === RETURN ||
    code === ESCAPE ||
    code === 0x5f ||
    code === 0x24 ||
    code === 0x25 ||
    code === 0x7e ||
    (code >= 0x28 && code <= 0x2e) ||
    code === 0x5b ||
    code === 0x5d ||
    code === 0x7d
    ? 'unknown'
    : 'starts';
}

/**
 * Whether a line begins an entry of its own, as opposed to going on with the one above. An empty line
 * goes on.
 *
 * @param above earlier lines, for what a line alone does not tell.
 */
export function startsEntry(text: string, above: LineAbove = nothingAbove): boolean {
  const code = text === '' ? undefined : text.charCodeAt(0);
  // A digit that no time follows begins no prefix; see takePrefix.
  const verdict = isDigit(code) && text.charAt(10) === 'T' ? 'unknown' : verdictOf(code);
  if (verdict !== 'unknown') {
    return verdict === 'starts';
  }
  const clean = cleaned(text);
  const rest = withoutPrefixes(clean);
  const isTimed = rest.length < clean.length && isDigit(clean.charCodeAt(0));
  const lineAbove = isTimed ? above(1) : undefined;
  if (lineAbove !== undefined && goesOnWithPart(clean, cleaned(lineAbove))) {
    return false;
  }
  const first = rest === '' ? undefined : rest.charCodeAt(0);
  const verdictOfRest = verdictOf(first);
  if (verdictOfRest !== 'unknown') {
    return verdictOfRest === 'starts' || (isTimed && ALIGNED_LEVEL.test(rest));
  }
  return !CONTINUATION.test(rest) && !goesOnWithAbove(rest, above);
}

/** Without colours, and no more of it than tells. */
function cleaned(text: string): string {
  const head = text.length > LOOKED_AT ? text.slice(0, LOOKED_AT) : text;
  return head.includes('\u001b') || head.startsWith('\r') ? stripAnsi(head) : head;
}

/** A line behind what container runtimes put in front of it: `docker compose logs` names the container before each frame. */
function withoutPrefixes(text: string): string {
  let rest = text;
  for (let depth = 0; depth < MOST_PREFIXES; depth++) {
    const end = endOfPrefix(rest);
    if (end === 0) {
      break;
    }
    rest = rest.slice(end);
  }
  return rest;
}

/** Whether what stands above tells that a line belongs to it. */
function goesOnWithAbove(rest: string, above: LineAbove): boolean {
  const nearest = above(1);
  if (nearest === undefined) {
    return false;
  }
  if (nearest.endsWith(':') && nearest.includes(' panicked at ')) {
    return RUST_PANIC.test(withoutPrefixes(cleaned(nearest)));
  }
  return PYTHON_EXCEPTION.test(rest) && !LEVEL_WORD.test(rest) && isBelowFrame(above);
}

/** Whether the indented lines right above are those of a Python frame. */
function isBelowFrame(above: LineAbove): boolean {
  for (let distance = 1; distance <= FRAME_LINES; distance++) {
    const line = above(distance);
    const rest = line === undefined ? '' : withoutPrefixes(cleaned(line));
    if (PYTHON_FRAME.test(rest)) {
      return true;
    }
    if (!rest.startsWith('  ')) {
      return false;
    }
  }
  return false;
}
