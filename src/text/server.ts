/** Seconds as a person reads them: at most three decimals. */
function seconds(ms: number): string {
  return `${Math.round(ms) / 1000} s`;
}

/** An amount of bytes as a person reads it. */
function size(bytes: number): string {
  const unit = bytes < 1024 ? 0 : bytes < 1024 ** 2 ? 1 : bytes < 1024 ** 3 ? 2 : 3;
  const value = bytes / 1024 ** unit;
  return `${unit === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} ${['bytes', 'KiB', 'MiB', 'GiB'][unit]}`;
}

/** Why a command cannot be started, by the code of the system's error. */
const startProblems: Readonly<Record<string, string>> = {
  ENOENT: 'no program of that name was found',
  EACCES: 'this user may not execute it',
};

/** Texts of the log server and its command line. */
export const serverTexts = {
  ready: (url: string) => `Live log server listening on ${url}`,
  usage: (program: string, options: string) => `Usage: ${program} [OPTION…] [FILE|GLOB…]
       ${program} [OPTION…] -
       ${program} [OPTION…] -- COMMAND [ARG…]

Serves the lines of files, of standard input or of a command, live, over WebSocket at /ws
and as a page at /. Without a source it streams a demo log and its own log.

${options}`,
  seeHelp: (program: string) => `Run "${program} --help" for the options.`,
  unknownOption: (option: string) => `Unknown option ${option}.`,
  missingValue: (option: string) => `The option ${option} needs a value.`,
  unwantedValue: (option: string) => `The option ${option} takes no value.`,
  badNumber: (option: string, value: string, from: number, to: number, unit: string) =>
    `The option ${option} takes a number${unit ? ` of ${unit}` : ''} from ${from} to ${to}, not "${value}".`,
  badLines: (value: string) => `The option --lines takes a number of lines from 0 up, or "all", not "${value}".`,
  emptyName: 'The option --name needs a name with something in it.',
  emptyCommand: 'After "--" a command is expected.',
  filesAndInput: 'Give files, or "-" for standard input, not both.',
  onlyFor: (option: string, subjects: readonly ('stdin' | 'command')[]) =>
    `The option ${option} is only for ${subjects
      .map((subject) => (subject === 'stdin' ? 'standard input ("-")' : 'a command (after "--")'))
      .join(' or ')}.`,
  badOrigin: (value: string) =>
    `The option --allow-origin takes the origin of a page, such as https://app.example.com, not "${value}".`,
  filesAndCommand: 'Give files or a command after "--", not both.',
  tokenNeeded: (host: string) =>
    `Listening on ${host} lets other machines in: give a token with --token-file or LOG_STREAM_TOKEN.`,
  tokenVisible: 'Warning: a token given with --token can be seen by other users of this machine; prefer --token-file.',
  emptyToken: 'The token is empty.',
  cannotReadOption: (option: string, path: string, detail: string) =>
    `The file ${path} given with ${option} cannot be read: ${detail}.`,
  badCertificate: (path: string, detail: string) =>
    `The file ${path} given with --cert holds no certificate in PEM format: ${detail}.`,
  badKey: (path: string, detail: string) =>
    `The file ${path} given with --key holds no key in PEM format that can be used: ${detail}.`,
  keyOfOther: (certificate: string, key: string, detail: string) =>
    `The certificate ${certificate} given with --cert and the key ${key} given with --key do not fit: ${detail}.`,
  certAndKey: 'Give --cert and --key together.',
  portTaken: {
    by: (port: number, host: string, holder: string | undefined) =>
      `Port ${port} on ${host} is already in use${holder === undefined ? '' : ` by ${holder}`}`,
    heldBy: {
      logServer: (version: string, url: string) =>
        `another log server (${version === '' ? '' : `version ${version}, `}${url})`,
      process: (name: string, processId: number) => `${name} (process ${processId})`,
    },
    choose: (next: number | undefined) =>
      next === undefined
        ? 'choose another one with --port, or 0 for any free one.'
        : `choose another one with --port, such as --port ${next}.`,
    question: (next: number) => `Use port ${next} instead? [Y/n] `,
    notStarted: 'Not started.',
  },
  portForbidden: (port: number) => `Port ${port} may not be opened by this user; choose one above 1023 with --port.`,
  cannotListen: (host: string, port: number, detail: string) => `Cannot listen on ${host}, port ${port}: ${detail}.`,
  notWithSocket: (option: string) =>
    `The option ${option} means nothing for a socket: give --socket or ${option}, not both.`,
  socketPathTooLong: (path: string, most: number) =>
    `The path ${path} given with --socket is too long for a socket, which takes ${most} bytes: choose a shorter one.`,
  noPipe: (path: string) =>
    `"${path}" given with --socket is no pipe of Windows: give a name such as \\\\.\\pipe\\live-log.`,
  socketTaken: (path: string) => `${path} is already there and in use; choose another path with --socket.`,
  cannotListenOnSocket: (path: string, detail: string) => `Cannot listen on the socket ${path}: ${detail}.`,
  pageNeedsToken: 'A server without a token opens no port for a page, because anyone on this machine could read along.',
  fromSocket: 'the local socket',
  nothingToServe: 'None of the files can be served.',

  waitingFor: (path: string) => `${path} does not exist yet; it is read as soon as it is there.`,
  waitingForMatches: (pattern: string) => `Nothing matches ${pattern} yet; files are read as soon as they do.`,
  isDirectory: (path: string) => `${path} is a directory; name a file in it, or a pattern such as ${path}/*.log.`,
  notFollowable: {
    pipe: (path: string) =>
      `${path} is a named pipe by now, which is not read like a file; start the server again to have it read.`,
    socket: (path: string) =>
      `${path} is a socket, which cannot be followed like a file; have a command read it, behind "--".`,
    device: (path: string) =>
      `${path} is a device, which cannot be followed like a file; have a command read it, behind "--".`,
    system: (path: string) =>
      `${path} is a special file: the system makes it up whenever it is read, so it gets no lines to follow; have a command show it, behind "--".`,
  },
  pipeReplaced: (name: string) => `${name} is another pipe now; what is written to the old one is not read any more.`,
  noPipeAnyMore: (path: string) =>
    `${path} was a named pipe and is none any more; start the server again to have read what it is now.`,
  noDescriptor: (path: string) =>
    `${path} cannot be opened, because too many files are open; raise the limit of open files (ulimit -n), or name fewer.`,
  /** `paths`: at least one. */
  leftOutFiles: (paths: readonly string[], limit: number) => {
    const first = paths[0] ?? '';
    const names = paths.length === 1 ? `${first} is` : `${paths.length} files are`;
    const which = paths.length === 1 ? '' : `, from ${first} to ${paths.at(-1)}`;
    return `Too many open files for the limit of ${limit} (ulimit -n): ${names} not served${which}; raise it, or name fewer.`;
  },
  unreadable: (path: string) => `${path} may not be read by this user; change its permissions, or run as another user.`,
  cannotRead: (path: string, detail: string) => `${path} cannot be read: ${detail}.`,
  unexpectedError: (detail: string) => `The server goes on after an error that nobody expected: ${detail}`,
  rotated: (name: string) => `${name} was rotated; the new file follows.`,
  appeared: (name: string) => `${name} is there now.`,
  truncated: (name: string) => `${name} was cut and is read from its start.`,
  truncatedGap: (name: string) =>
    `${name} was cut; what was written to it after the last look and before the cut is lost.`,
  copiedGap: (name: string) => `${name} was cut after it had been copied; what was written to it in between is lost.`,
  cutUnread: (name: string, bytes: number) =>
    `${name} was cut before the last ${size(bytes)} of it had been read for you; they are lost.`,
  placeLost: (name: string) =>
    `The place you had read to is not in ${name} any more; what came between is unknown, the file follows from its start.`,
  compressedBetween: (name: string) => `${name} was compressed after the rotation; its lines are not read from there.`,
  leftOut: (name: string, files: number, bytes: number) =>
    `More files of ${name} came between than are opened at a time; the oldest ${files} with ${size(bytes)} are not read.`,
  rotationsUnknown: (name: string) =>
    `${name} was rotated so often since the last look that files may be gone unread; what lies there still follows.`,
  hole: (name: string, bytes: number) => `${name} has a hole of ${size(bytes)}, NUL bytes only; it is left out.`,
  restLost: (name: string) =>
    `A file of ${name} cannot be read any more; what was written to it since the last look is lost.`,
  overwritten: (name: string) =>
    `${name} went on faster than this client read, and the server's buffer was overwritten.`,
  otherRun: (name: string) => `${name} was started anew; what came between is unknown.`,
  historyOtherRun: (name: string) => `${name} was started anew; its earlier lines are gone.`,
  historyNotKept: (name: string) => `No earlier lines of ${name} are kept.`,
  historyStart: (name: string) => `This is the beginning of ${name}.`,
  historyGivenUp: (name: string, bytes: number) =>
    `In the ${size(bytes)} of ${name} before these lines no line begins; further back it was not searched.`,
  linesGivenUp: (name: string, lines: number, bytes: number) =>
    `Of the last lines of ${name} ${lines === 1 ? '1 was' : `${lines} were`} found; in the ${size(bytes)} before no line begins, and further back it was not searched.`,
  historyLost: (name: string) => `Earlier lines of ${name} cannot be found any more.`,
  historyFailed: (name: string, detail: string) => `Earlier lines of ${name} cannot be read at present: ${detail}.`,
  historyBusy: 'A history request for this source is already being answered.',
  historyUnknownSource: (source: string) => `This session has no source ${source}.`,

  standardErrorOf: (command: string) => `${command} (stderr)`,
  commandExited: (command: string, code: number) => `“${command}” ended with exit code ${code}.`,
  commandKilled: (command: string, signal: string) => `“${command}” was ended by ${signal}.`,
  commandFailed: (command: string, code: string, detail: string) =>
    `“${command}” could not be started: ${startProblems[code] ?? detail}.`,
  commandRestarting: (command: string, delayMs: number) => `“${command}” is started again in ${seconds(delayMs)}.`,
  commandStartedAgain: (command: string) => `“${command}” is started again.`,
  runForbidden: 'This server lets nobody at your end run its command again.',
  runNoCommand: (source: string) => `The source ${source} is not the output of a command.`,
  runRunning: 'The command is running; it can be run again once it has ended.',
  runAsked: (client: string) => `client ${client} has the command run again`,
  inputEnded: (name: string | undefined) => `${name ?? 'Standard input'} has ended; what came is still served.`,
  standardInput: 'standard input',
  demoName: 'demo (made-up lines)',
  serverLogName: "this server's log",

  /** In place of a client's name, before it has said hello and where it never does. */
  unnamedClient: '(unnamed)',
  plainClient: 'plain text',
  clientConnected: (client: string, from: string, clients: number) =>
    `client ${client} connected from ${from}; ${clients} connected`,
  clientDisconnected: (client: string, why: string, clients: number) =>
    `client ${client} disconnected: ${why}; ${clients} connected`,
  clientHeartbeat: (client: string) => `heartbeat of client ${client} answered`,
  requestRefused: (why: string, from: string) => `refused a request from ${from}: ${why}`,
  crowded: (most: number) =>
    `more than ${most} connections wait that have not shown that they may read; the oldest are given up`,
  strangersLeftOut: (count: number) =>
    `${count} more requests or connections of strangers ended, which are left out here`,
  stopping: 'stopping',

  closeReason: {
    receiveTimeout: (silentMs: number, heartbeatMs: number | undefined) =>
      heartbeatMs === undefined
        ? `nothing received for ${seconds(silentMs)}; send something more often than that`
        : `nothing received for ${seconds(silentMs)}; your heartbeat interval is ${seconds(heartbeatMs)} (it must be under ${seconds(silentMs / 2)})`,
    heartbeatTimeout: (silentMs: number, pingMs: number) =>
      `no ping answered for ${seconds(silentMs)}; one is sent every ${seconds(pingMs)}`,
    helloTimeout: (ms: number) => `no hello within ${seconds(ms)}`,
    helloFirst: 'the first message must be hello',
    helloTwice: 'hello may be sent only once',
    binary: 'clients must not send binary frames',
    version: (spoken: number) => `this server speaks version ${spoken}`,
    clientId: 'clientId must have 1 to 128 characters',
    epoch: (most: number) => `an epoch must have at most ${most} characters`,
    resumeParts: (most: number) => `resumeParts must be at most ${most}`,
    resumeUnasked: 'resume came without having been announced in hello',
    resumeMissed: (missing: number, ms: number) =>
      `${missing} of the announced resume messages did not come, each within ${seconds(ms)}`,
    forbidden: 'the token is missing or wrong',
    noSuchSource: (source: string) => `there is no source ${source}`,
    overloaded: 'too many connections',
    tooSlow: (ms: number) => `nothing taken for ${seconds(ms)} although lines wait`,
    rate: (perSecond: number) => `more than ${perSecond} messages and pings per second`,
    restart: 'the server is stopping',
    takenOver: 'a newer connection of this client took over',
    ended: 'the stream has ended',
  },
  closedByClient: (code: number, reason: string) =>
    reason ? `closed with ${code} (${reason})` : `closed with ${code}`,
  http: {
    badHost: 'This server answers only to its own name, for protection against DNS rebinding.',
    badOrigin: 'Pages of another origin may not read this log; the server can allow one with --allow-origin.',
    badToken: 'A token is needed: send it as "Authorization: Bearer TOKEN".',
    notFound: 'Nothing is here.',
    method: 'Only GET and HEAD are answered here.',
    sessionMethod: 'A ticket is exchanged here with POST.',
    bodyTooLong: 'What was sent is too long for a ticket.',
    noTicket: 'A ticket is expected: send {"ticket":"…"}.',
    ticketSpent: 'This ticket was used already, or is too old.',
    tooManyTickets: 'Too many wrong tickets; wait a moment.',
    upgrade: 'This address speaks WebSocket.',
    noPage: 'The page is not built; run "npm run build".',
  },
};
