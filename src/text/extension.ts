import { shorten } from '../base/shorten';
import { mentions, named } from './named';
import { stateTexts } from './states';

/** A number with thousands separated, as all counts are shown. */
function grouped(value: number): string {
  return value.toLocaleString('en-US');
}

function plural(count: number, one: string, many: string): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

interface NumberLimits {
  readonly minimum: number;
  readonly maximum: number;
  readonly unit: string;
}

function limits({ minimum, maximum, unit }: NumberLimits): string {
  return `${minimum} to ${maximum}${unit === '' ? '' : ` ${unit}`}`;
}

/** Texts of the VS Code extension. */
export const extensionTexts = {
  /** Names of things in VS Code's lists. */
  names: {
    outputChannel: 'Live Log Stream',
    statusItem: 'Log Stream Connection',
    panel: 'Live Log',
    /** A tab has little room, and a name may be a whole command line. */
    panelOf: (stream: string) => shorten(`Live Log: ${stream}`, 30),
    report: 'Log Stream Connection Report',
  },
  settings: {
    notANumber: (name: string, range: NumberLimits, given: string, used: number) =>
      `The setting ${name} must be a number from ${limits(range)}, not ${given}: ${used} is used.`,
    outOfRange: (name: string, range: NumberLimits, given: number, used: number) =>
      `The setting ${name} must be from ${limits(range)}, not ${given}: ${used} is used.`,
    connectionsNoList:
      'The setting logStream.connections must be a list of connections, each with a name and a url: it is ignored.',
    connectionWithoutName: (position: number) =>
      `Entry ${position} of the setting logStream.connections has no name: give it one.`,
    connectionWithoutUrl: (name: string) =>
      `The connection “${name}” in the settings has no url: give it one, for example ws://localhost:8000/ws.`,
    connectionNotUsable: (name: string, complaint: string) =>
      `The connection “${name}” in the settings cannot be used: ${complaint}`,
    duplicateName: (name: string) =>
      `Two connections in the settings are called “${name}”: the first is used, rename the other.`,
    unknownFormat: (name: string, given: string, known: readonly string[]) =>
      `The connection “${name}” in the settings has the format ${given}, which is none of ${known.join(', ')}: auto is used.`,
    open: 'Open Settings',
  },
  /** What is wrong in the settings of the viewer; each names the setting and the entry. */
  viewerSettings: {
    noList: (key: string) => `The setting logStream.${key} must be a list: it is ignored.`,
    tooMany: (key: string, most: number) =>
      `The setting logStream.${key} has more than ${most} entries: the first ${most} are used.`,
    withoutName: (key: string, position: number, longest: number) =>
      `Entry ${position} of the setting logStream.${key} needs a name of 1 to ${longest} characters.`,
    duplicateName: (key: string, name: string) =>
      `Two entries of the setting logStream.${key} are called “${name}”: the first is used, rename the other.`,
    notUsable: (key: string, name: string, complaint: string) =>
      `“${name}” in the setting logStream.${key} cannot be used: ${complaint}`,
    formatWithoutPattern: (name: string) =>
      `The format “${name}” in the settings has no pattern: give it a regular expression with named groups such as (?<time>…), (?<level>…) and (?<message>…).`,
    highlightWithoutText: (name: string) =>
      `The highlight “${name}” in the settings has no text: say what it shall colour.`,
    unknownColour: (name: string, given: string, known: readonly string[]) =>
      `The highlight “${name}” in the settings has the colour ${given}, which is none of ${known.join(', ')}.`,
    filterUnreadable: (name: string, part: string) =>
      `The filter “${name}” in the settings cannot be used, because its ${part} cannot be read.`,
    columnUnreadable: (position: number, longest: number) =>
      `Entry ${position} of the setting logStream.columns must be the path of a field, 1 to ${longest} characters, for example http.status.`,
  },
  /** Opening a file that a line names. */
  fileLinks: {
    noPath: (path: string) => `“${path}” cannot be the name of a file, so there is nothing to open.`,
    notFound: (path: string) => `No file of this workspace matches ${path}: open the folder that holds it.`,
    noWorkspace: (path: string) => `${path} is not on this machine: open the folder that holds it, then try again.`,
    network: (path: string) =>
      `${path} is on another machine of the network and is not opened from a log, because that would send your credentials there.`,
    notOpened: (path: string, message: string) => `${path} could not be opened: ${message}`,
    pickTitle: (name: string) => `Open ${name}`,
    pickPlaceholder: 'Several files match the path in the log equally well',
  },
  exports: {
    title: 'Export Log',
    textFiles: 'Log files',
    jsonLinesFiles: 'JSON Lines',
    saving: (name: string) => `Exporting to ${name}…`,
    opening: 'Opening the log in an editor…',
    saved: (name: string, bytes: number) => `Exported ${grouped(bytes)} bytes to ${name}.`,
    open: 'Open',
    notSaved: (name: string, message: string) => `${name} could not be written: ${message}`,
    tooLargeForEditor: (mebibytes: number) =>
      `The log is larger than the ${mebibytes} MiB that are opened in an editor: export it to a file, or filter it first.`,
    tooLargeForFileSystem: (mebibytes: number) =>
      `The log is larger than the ${mebibytes} MiB that this kind of folder takes: export it to a folder on disk, or filter it first.`,
  },
  savedFilters: {
    replace: (name: string) => `A filter called “${name}” is already saved. Replace it?`,
    replaceButton: 'Replace',
    savedInWorkspace: (name: string) =>
      `The filter “${name}” is saved in the workspace’s settings, where everyone who works in it has it.`,
    savedForPerson: (name: string) => `The filter “${name}” is saved in your own settings.`,
    notSaved: (name: string, message: string) => `The filter “${name}” could not be saved: ${message}`,
  },
  presets: {
    docker: 'a container’s log',
    kubectl: 'a pod’s log',
    journalctl: 'a systemd unit’s log',
  },
  connect: {
    title: 'Connect to Log Stream',
    placeholder: 'Choose a log stream',
    placeholderFirst: 'Nothing is configured yet: where does your log come from?',
    configured: 'configured',
    recent: 'recent',
    others: 'others',
    remoteMachine: 'the remote machine',
    enterAddress: '$(globe) Enter address…',
    enterAddressDetail: 'A ws://, wss://, http:// or https:// address',
    startServer: '$(play) Start Log Server…',
    startServerDetail: 'Follow a file or the output of a command on this machine',
    startServerDetailRemote: (remote: string) => `Follow a file or the output of a command on ${remote}`,
    demo: '$(beaker) Start the bundled server with a demo log',
    demoDetail: 'See how it looks with a log that is made up',
    addressTitle: 'Address of the log stream',
    addressPrompt: 'For example ws://localhost:8000/ws. Enter connects.',
    addressPromptRemote: (remote: string) =>
      `For example ws://localhost:8000/ws. “localhost” is ${remote} here, because this window is a remote one.`,
    unknownTarget: (target: string) =>
      `There is no log stream called “${target}” in the settings, and it is no address: choose one from the list.`,
  },
  server: {
    fileAndOthers: (first: string, others: number) => `${first} and ${plural(others, 'other', 'others')}`,
    demoLabel: 'Demo log',
    title: 'Start Log Server',
    placeholder: 'What shall it follow?',
    replaces: (label: string) => `What shall it follow? The running server (${label}) is stopped first.`,
    pickFiles: '$(files) Choose files…',
    pickFilesDetail: 'Existing lines first, then new ones as they are written; rotation is followed',
    activeFile: (name: string) => `$(file) ${name}`,
    activeFileDetail: 'The file in the active editor',
    command: '$(terminal) Output of a command…',
    commandDetail: 'Its standard output and standard error, as two sources',
    presetsGroup: 'commands',
    examplesGroup: 'examples',
    demo: '$(beaker) Demo log',
    demoDetail: 'A log that is made up, clearly labelled',
    filesTitle: 'Files to follow',
    filesOpen: 'Follow',
    commandTitle: 'Command whose output to follow',
    commandPrompt: 'It runs in the folder of the workspace, until the server is stopped.',
    commandEmpty: 'Type a command, for example docker logs -f web.',
    commandUnreadable: 'A quote is not closed: add the missing one.',
    starting: (label: string) => `Starting the log server for ${label}…`,
    failed: (words: string) => `The log server did not start: ${words}`,
    ended: (label: string, words: string) => `The log server for ${label} ended: ${words}`,
    endedWithCode: (code: number) => `it ended with code ${code} and said nothing.`,
    endedBySignal: (signal: string) => `it was ended by ${signal}.`,
    noReadyLine: (seconds: number) => `it was not ready within ${seconds} seconds.`,
    missingProgram: (path: string) => `its program ${path} is missing: reinstall the extension.`,
    stopped: (label: string) => `The log server for ${label} was stopped.`,
    notRunning: 'No log server is running in this window: start one with “Start Log Server…”.',
    /** In place of the address of its socket, in the midst of a sentence. */
    shownAs: 'the log server of this window',
    pageNotOpened: (words: string) => `The log could not be opened in a browser: ${words}`,
    openAgain: 'Try Again',
    browserRefused: 'no browser was opened.',
    endedMeanwhile: 'the log server has ended.',
    noAnswer: (seconds: number) => `the log server did not answer within ${seconds} seconds.`,
    otherAnswer: 'the log server answered something else than what it was asked.',
    socketPathTooLong: (folder: string) => `the name of ${folder} is too long`,
    noSocketFolder: (problems: readonly string[]) =>
      `no folder for its socket could be made (${problems.join('; ')}): let TMPDIR name a folder with a short name that can be written to, or set a port.`,
    notHere:
      'A log server cannot be started in this kind of window, because it has no access to processes: connect to an address instead.',
    virtualFile: (name: string) =>
      `${name} cannot be opened as a live log, because it is not a file on this machine: save it to disk first.`,
    noFile: 'Choose a file in the Explorer first, then “Open as Live Log”.',
    startAgain: 'Start Again',
    notNow: 'Not Now',
    chooseOther: 'Choose Another…',
    commandOffer: (line: string) => `The command “${line}” was being followed when this window closed. Start it again?`,
  },
  notices: {
    nothingOpen: 'No log stream is open in this window: connect to one first.',
    nothingToRun:
      'There is no command to run again: the open stream has none that has ended and may be started from here.',
    failed: named,
    unreachable: (name: string, sentence: string) => `${named(name, sentence)} It is tried again until it answers.`,
    told: named,
    unexpected: (message: string) => `Something unforeseen happened in Live Log Stream: ${message}`,
  },
  buttons: {
    connect: 'Connect…',
    disconnect: 'Disconnect',
    tryAgain: 'Try Again',
    showReport: 'Show Report',
    startServer: 'Start Log Server…',
    changeAddress: 'Enter Address…',
    forget: 'Forget This',
  },
  output: {
    leftOut: (lines: number) =>
      `[${plural(lines, 'line', 'lines')} left out here, because they came faster than this view can show; the panel has them all]`,
    restarted: (mebibytes: number) =>
      `[The first ${mebibytes} MiB were removed from this view to keep the window fast; the panel keeps what its buffer holds]`,
    notice: (text: string) => `[${text}]`,
  },
  status: {
    idle: 'Log Stream',
    closed: 'Log stream not connected',
    connecting: 'Connecting…',
    reconnecting: (attempt: number) => (attempt > 1 ? `Reconnecting… (attempt ${attempt})` : 'Reconnecting…'),
    replaying: 'Catching up…',
    live: 'Live',
    liveRate: (rate: string) => `Live ${rate} lines/s`,
    suspect: 'Checking connection…',
    draining: 'Disconnecting…',
    waiting: (seconds: number, attempt: number) =>
      `Disconnected, retry in ${seconds} s${attempt > 0 ? ` (attempt ${attempt})` : ''}`,
    dormant: 'Disconnected, click to reconnect',
    failed: 'Log stream failed',
    accessible: (name: string, sentence: string) =>
      `Log stream${mentions(sentence, name) ? '' : ` ${name}`}: ${sentence}`,
    accessibleIdle: 'Log stream: not connected. Activate to connect.',
  },
  tooltip: {
    address: 'Address',
    since: 'Since',
    sinceValue: (time: string, duration: string) => `${time} (${duration})`,
    roundTrip: 'Round trip',
    heartbeat: 'Heartbeat',
    heartbeatValue: (seconds: string, origin: string) => `every ${seconds} s, ${origin}`,
    lines: 'Lines received',
    linesAndRate: (lines: number, rate: string) => `${grouped(lines)} (${rate} per second)`,
    linesValue: (lines: number) => grouped(lines),
    lastDisconnect: 'Last disconnect',
    lastDisconnectValue: (time: string, reason: string) => `${time}: ${reason}`,
    server: 'Log server',
    click: 'Click for what can be done now.',
  },
  actions: {
    title: (name: string) => `Log Stream: ${name}`,
    titleIdle: 'Log Stream',
    connect: '$(plug) Connect to Log Stream…',
    connectOther: '$(plug) Connect to another log stream…',
    disconnect: '$(debug-disconnect) Disconnect',
    reconnectNow: '$(sync) Reconnect now',
    runAgain: '$(debug-rerun) Run again',
    openPanel: '$(open-preview) Open panel',
    showOutput: '$(output) Show output',
    startServer: '$(play) Start Log Server…',
    stopServer: '$(debug-stop) Stop log server',
    openInBrowser: '$(globe) Open in browser',
    clear: '$(clear-all) Clear',
    showReport: '$(note) Show connection report',
    forgetLearned: '$(discard) Forget what was learned about this address',
    settings: '$(gear) Open settings',
  },
  /** A state in a word or two. */
  states: stateTexts,
  /** What the panel says while no stream is open. */
  panel: {
    label: 'Not connected',
    sentence: 'No log stream is open: connect to one, or start a log server for a file or a command.',
  },
  report: {
    nothing: '# Log Stream Connection Report\n\nNo log stream has been open in this window.\n',
  },
};
