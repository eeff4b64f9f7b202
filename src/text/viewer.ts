function lines(count: number): string {
  return `${count.toLocaleString('en')} ${count === 1 ? 'line' : 'lines'}`;
}

/** Of the lines that came, those that the filter lets through. */
function passing(passed: number, arrived: number): string {
  const verb = passed === 1 || arrived === 1 ? 'passes' : 'pass';
  return `${passed.toLocaleString('en')} of ${arrived.toLocaleString('en')} new ${arrived === 1 ? 'line' : 'lines'} ${verb}`;
}

/** Texts of the viewer, in the panel and in the page. */
export const viewerTexts = {
  /** Rows that are no log lines. */
  notices: {
    gap: (source: string, count: number | null, reason: string) =>
      count === null
        ? `Lines of ${source} may be missing here. ${reason}`
        : `${lines(count)} of ${source} ${count === 1 ? 'is' : 'are'} missing here. ${reason}`,
    ended: (source: string) => `${source} has ended.`,
    mark: 'Marked here.',
    cleared: 'Cleared here. What came before is still in the source.',
  },
  filter: {
    notAPattern: (pattern: string) =>
      `"${pattern}" is not a regular expression; correct it, or switch regular expressions off.`,
    tooSlowPattern: (pattern: string) =>
      `"${pattern}" repeats a group that itself repeats or has alternatives, which can take forever; write it without nesting.`,
    stoppedPattern: (pattern: string) =>
      `"${pattern}" was stopped and is left out, because one line took it longer than a second; repeat less in it, such as [^,]* for .* in front of a comma.`,
    shortLinesOnly: (pattern: string, longest: number) =>
      `"${pattern}" ${longest === 0 ? 'reads no line' : `reads only lines of up to ${longest.toLocaleString('en')} characters`}, because on longer ones it could take too long; repeat less in it, such as [^,]* or \\S+ for .* in front of a comma or a space.`,
    refusedPattern: (pattern: string) => `"${pattern}" is too large a regular expression; shorten it.`,
    untriedPattern: (pattern: string) =>
      `"${pattern}" leaves out long lines, because it could take too long on them and no thread can be started to try; repeat less in it.`,
  },
  list: {
    label: 'Log lines',
  },
  rows: {
    statedAt: (time: string, received: string) => `${time}, as the line says; received ${received}`,
    receivedOnly: (time: string) => `Received ${time}; the line states no time`,
    openFile: (path: string, line: number | undefined) => `Open ${path}${line === undefined ? '' : `, line ${line}`}`,
    fold: (count: number, isFolded: boolean) =>
      `${isFolded ? 'Show' : 'Hide'} the ${lines(count)} that belong to it (z)`,
    folded: (count: number) => `+${count.toLocaleString('en')}`,
    repeats: (count: number) => `×${count.toLocaleString('en')}`,
    repeatsTitle: (first: string, last: string) => `Said in a row from ${first} to ${last}`,
    details: 'Details (Enter)',
    copyEnded: 'Nothing was copied: the lines shown changed meanwhile.',
    copiedInPart: (count: number, cut: number) =>
      `${lines(count)} copied, ${cut.toLocaleString('en')} of them only in part; export them to have all of it.`,
    spoken: (level: string, text: string, folded: number) =>
      `${level === '' ? '' : `${level}: `}${text}${folded === 0 ? '' : `; ${lines(folded)} folded`}`,
    cannotCopy: 'The clipboard cannot be written to; select fewer lines, or export them.',
    copied: (count: number) => `${lines(count)} copied`,
    tooManyToCopy: (most: number) => `More than ${lines(most)} are too many to copy; export them instead.`,
    cut: (bytes: number) => ` … cut for display, ${bytes.toLocaleString('en')} bytes in all`,
  },
  detail: {
    label: 'Details of the entry',
    resize: 'Height of the details (arrow keys)',
    copyText: 'Copy the entry',
    copyJson: 'Copy the fields as JSON',
    close: 'Close the details (Escape)',
    gone: 'The entry has left the buffer.',
    fields: 'Fields of the entry',
    fieldCount: (count: number, isList: boolean) =>
      `${count.toLocaleString('en')} ${isList ? 'item' : 'field'}${count === 1 ? '' : 's'}`,
    moreFields: (count: number, isList: boolean) =>
      `${count.toLocaleString('en')} more ${isList ? 'item' : 'field'}${count === 1 ? '' : 's'}`,
    raw: 'The entry as it came',
    leftOut: (lineCount: number, characters: number) =>
      `${lineCount > 0 ? `${lineCount.toLocaleString('en')} more ${lineCount === 1 ? 'line' : 'lines'} with ` : ''}${characters.toLocaleString('en')} more characters are not shown here; "Copy the entry" copies them, too.`,
    onlyPart: 'The entry is longer than 1 MiB or 10,000 lines; only an export has all of it.',
    copied: 'Copied',
    noLevel: 'No level',
    lines: (count: number) => lines(count),
    filterFor: (path: string) => `Show only entries with this ${path}`,
    filterOut: (path: string) => `Hide entries with this ${path}`,
    column: (path: string) => `Show ${path} as a column, or no longer`,
    copyValue: (path: string) => `Copy the value of ${path}`,
    copyPath: (path: string) => `Copy the name ${path}`,
  },
  toolbar: {
    label: 'Log view',
    filter: 'Filter (/)',
    filterPlaceholder: 'Filter: text, -text, status>=500',
    filterShort: 'Filter',
    caseSensitive: 'Match case (Alt+C)',
    wholeWord: 'Match whole word (Alt+W)',
    regularExpression: 'Use regular expression (Alt+R)',
    clearFilter: 'Clear the filter (Escape)',
    levels: 'Levels',
    level: (level: string, count: number, shown: boolean) =>
      `${level}: ${lines(count)}, ${shown ? 'shown; hide' : 'hidden; show'}`,
    levelNames: {
      fatal: 'Fatal',
      error: 'Error',
      warn: 'Warning',
      info: 'Info',
      debug: 'Debug',
      trace: 'Trace',
      none: 'No level',
    },
    wrap: 'Wrap long lines (Alt+Z)',
    times: 'Show times (Alt+T)',
    clear: 'Clear (Alt+L)',
    follow: 'Follow new lines (End)',
    pause: 'Pause following (Space)',
  },
  pause: {
    paused: 'Paused',
    /** The banner while paused; what arrives is kept. */
    banner: ({ arrived, passed }: { readonly arrived: number; readonly passed: number }, isFiltered: boolean) => {
      if (arrived === 0) {
        return 'Paused';
      }
      const plain = `${arrived.toLocaleString('en')} new ${arrived === 1 ? 'line' : 'lines'}`;
      return `Paused: ${isFiltered ? passing(passed, arrived) : plain}`;
    },
    resume: 'Resume (End)',
  },
  status: {
    label: 'Connection',
    retryIn: (left: string) => `next attempt in ${left}`,
    retryNow: 'trying now',
    total: (count: number) => lines(count),
    matched: (matched: number, total: number) => `${matched.toLocaleString('en')} of ${lines(total)}`,
    rate: (perSecond: number) => `${Math.round(perSecond).toLocaleString('en')} lines/s`,
    dropped: (count: number) => `${lines(count)} left the buffer`,
    droppedTitle: 'The buffer is full: the oldest lines leave it. The setting logStream.bufferMiB makes it larger.',
    searching: (share: number) => `searching, ${Math.floor(share * 100)} %`,
    actions: {
      connect: 'Connect',
      disconnect: 'Disconnect',
      reconnectNow: 'Reconnect now',
      runAgain: 'Run again',
      startServer: 'Start log server…',
      stopServer: 'Stop log server',
      showReport: 'Connection report',
      showOutput: 'Show output',
      clear: 'Clear',
    },
  },
  empty: {
    live: 'Waiting for the first line. It appears here as soon as it is written.',
    noMatch: 'No line passes the filter.',
    noMatchYet: 'No line passes the filter so far; the search goes on.',
    showAll: 'Show all lines',
    /** Lines that came while the filter has let none through. */
    arriving: (count: number) => `${passing(0, count)}.`,
    filtered: (count: number) => `${lines(count)} ${count === 1 ? 'is' : 'are'} hidden by it.`,
  },
  partial: (text: string) => `being written: ${text}`,
  console: {
    heartbeatSent: 'heartbeat sent',
    heartbeatAnswered: 'heartbeat answered',
  },
  page: {
    title: 'Live Log Stream',
    tokenTitle: 'This log server wants a token',
    tokenLabel: 'Token',
    tokenHint:
      'Whoever started the server knows it. It is kept until this tab is closed. If VS Code started the server, run “Open Log Stream in Browser” there instead.',
    tokenSubmit: 'Connect',
    tokenWrong: 'The server did not accept that token.',
    connectionName: 'this page',
    ticketTitle: 'This page was not let in',
    ticketClose: 'Close',
    ticketSpent: 'This link was used already, or is too old: run “Open Log Stream in Browser” in VS Code again.',
    ticketNoAnswer: 'The log server did not answer: run “Open Log Stream in Browser” in VS Code again.',
    ticketOver:
      'The log server was started anew since this page was opened: run “Open Log Stream in Browser” in VS Code again.',
  },
};
