/**
 * Lines that go on with the entry above: stack frames and their introductions in Java, Python,
 * Node, Go, .NET and Rust, and anything indented.
 */
const CONTINUATIONS: readonly RegExp[] = [
  /^[ \t]+\S/,
  /^Caused by: /,
  /^\t?\.{3} \d+ (?:more|common frames omitted)/,
  /^Traceback \(most recent call last\):/,
  /^(?:During handling of the above exception|The above exception was the direct cause)/,
  /^(?:[A-Za-z_$][\w$]*\.)*[A-Z][\w$]*(?:Exception|Error|Warning|Interrupt)(?::|$)/,
  /^goroutine \d+ \[/,
  /^(?:[\w.*()/[\]{}$-]+\.)+[\w.*()$[\]-]+\(.*\)$/,
  /^exit status \d+$/,
  /^--- End of (?:inner exception )?stack trace/,
  /^stack backtrace:/,
  /^note: (?:run with|Some details)/,
  /^[}\])]+[,;]?$/,
];

/** Whether a line begins an entry of its own, as opposed to going on with the one above. */
export function startsEntry(text: string): boolean {
  return !CONTINUATIONS.some((continuation) => continuation.test(text));
}
