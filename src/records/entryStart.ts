/**
 * Lines that go on with the entry above: stack frames and their introductions in Java, Python,
 * Node, Go, .NET and Rust, and anything indented.
 */
const CONTINUATIONS: readonly RegExp[] = [
  /^Caused by: /,
  /^\.{3} \d+ (?:more|common frames omitted)/,
  /^Suppressed: /,
  /^Traceback \(most recent call last\):/,
  /^(?:During handling of the above exception|The above exception was the direct cause)/,
  /^(?:[A-Za-z_$][\w$]*\.)*[A-Z][\w$]*(?:Exception|Error|Warning|Interrupt|Exit)(?::|$)/,
  /^goroutine \d+ \[/,
  /^(?:[\w.*()/[\]{}$-]+\.)+[\w.*()$[\]-]+\(.*\)$/,
  /^created by [\w./*()-]+/,
  /^\[signal SIG[A-Z]+/,
  /^exit status \d+$/,
  /^--- End of (?:inner exception )?stack trace/,
  /^stack backtrace:/,
  /^note: (?:run with|Some details)/,
  /^[}\])]+[,;]?$/,
];

const TAB = 0x09;
const SPACE = 0x20;

/** Whether a byte can begin a line that goes on with the entry above, without a look at the rest. */
export type FirstByteVerdict = 'continues' | 'starts' | 'unknown';

/** What a line's first byte tells: most lines begin with a digit, a quote or a brace, and start an entry. */
export function verdictOfFirstByte(byte: number | undefined): FirstByteVerdict {
  if (byte === undefined || byte === TAB || byte === SPACE) {
    return 'continues';
  }
  const isLetter = (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
  // Letters and _ $ * ( . - [ ] } ) begin some of the patterns above.
  return isLetter ||
    byte === 0x5f ||
    byte === 0x24 ||
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
  return verdict === 'unknown' ? !CONTINUATIONS.some((continuation) => continuation.test(text)) : verdict === 'starts';
}
