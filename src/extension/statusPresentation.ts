import type { ConnectionMetrics, ConnectionStateName, ConnectionStatus } from '../client/status';
import { endTone } from '../client/streamEnd';
import { mentions } from '../text/named';
import { texts } from '../text/texts';
import type { ConnectionView, ViewerAction } from '../view/messages';
import type { CommandId } from './commands';
import { formatDuration, formatRate, formatSeconds } from './format';

/** Everything that is shown of one stream besides its lines. */
export interface StreamSnapshot {
  readonly name: string;
  readonly status: ConnectionStatus;
  readonly metrics: ConnectionMetrics;
  /** Over the last second. */
  readonly linesPerSecond: number;
  /** What the server of this window follows; absent while none runs. */
  readonly server?: string;
}

/** How urgently a status wants to be seen. */
type Severity = 'none' | 'warning' | 'error';

/** How the status bar item looks. */
export interface StatusPresentation {
  /** With `$(icon)` in front. */
  readonly text: string;
  readonly severity: Severity;
  /** For a screen reader: a sentence, no icons. */
  readonly accessibleLabel: string;
  /** How it is, where the name of the stream stands beside it. */
  readonly sentence: string;
  /** Markdown. */
  readonly tooltip: string;
  /** What can be done now, most useful first. */
  readonly actions: readonly StatusAction[];
}

export interface StatusAction {
  readonly label: string;
  readonly command: CommandId;
}

/** Wall time in ms to what a person reads. */
export type FormatTime = (wallMs: number) => string;

interface StateLook {
  readonly icon: string;
  readonly severity: Severity;
  readonly tone: ConnectionView['tone'];
  /** A word or two, for the panel. */
  readonly label: string;
  readonly actions: readonly CommandId[];
}

const actionLabels = texts.extension.actions;
const states = texts.extension.states;

const whileOpen: readonly CommandId[] = [
  'logStream.openPanel',
  'logStream.showOutput',
  'logStream.disconnect',
  'logStream.clear',
  'logStream.showReport',
];
/** Everything has ended, the connection apart. */
const afterEnd: readonly CommandId[] = [
  'logStream.openPanel',
  'logStream.disconnect',
  'logStream.showOutput',
  'logStream.clear',
  'logStream.showReport',
];
const whileWaiting: readonly CommandId[] = [
  'logStream.reconnectNow',
  'logStream.disconnect',
  'logStream.openPanel',
  'logStream.showOutput',
  'logStream.showReport',
];
const whileEnded: readonly CommandId[] = [
  'logStream.reconnectNow',
  'logStream.connect',
  'logStream.startServer',
  'logStream.openPanel',
  'logStream.showReport',
];

/** The one table of states: how each looks and what it lets a person do. */
const LOOKS: Readonly<Record<ConnectionStateName, StateLook>> = {
  idle: { icon: 'circle-outline', severity: 'none', tone: 'off', label: states.idle, actions: whileEnded },
  connecting: { icon: 'sync~spin', severity: 'none', tone: 'busy', label: states.connecting, actions: whileWaiting },
  opening: { icon: 'sync~spin', severity: 'none', tone: 'busy', label: states.connecting, actions: whileWaiting },
  replaying: { icon: 'sync~spin', severity: 'none', tone: 'busy', label: states.replaying, actions: whileOpen },
  live: { icon: 'pulse', severity: 'none', tone: 'live', label: states.live, actions: whileOpen },
  suspect: { icon: 'sync~spin', severity: 'none', tone: 'warning', label: states.suspect, actions: whileOpen },
  draining: { icon: 'sync~spin', severity: 'none', tone: 'busy', label: states.draining, actions: whileEnded },
  waiting: { icon: 'sync~spin', severity: 'none', tone: 'warning', label: states.waiting, actions: whileWaiting },
  dormant: {
    icon: 'debug-disconnect',
    severity: 'warning',
    tone: 'warning',
    label: states.dormant,
    actions: whileWaiting,
  },
  failed: { icon: 'error', severity: 'error', tone: 'error', label: states.failed, actions: whileEnded },
  closed: { icon: 'debug-disconnect', severity: 'none', tone: 'off', label: states.closed, actions: whileEnded },
};

/** How a state looks; what has ended says so, even though the connection is there. */
function lookOf({ state, end, canRunAgain }: ConnectionStatus): StateLook {
  const base = LOOKS[state];
  const isOpen = state === 'live';
  const runAgain: readonly CommandId[] = canRunAgain ? ['logStream.runAgain'] : [];
  if (end === undefined) {
    return { ...base, actions: [...runAgain, ...base.actions] };
  }
  const tone = endTone(end);
  return {
    icon: tone === 'ended' ? 'stop-circle' : 'warning',
    severity: tone === 'ended' ? 'none' : 'warning',
    tone,
    label: texts.client.ended.words(end),
    actions: [...runAgain, ...(isOpen ? afterEnd : base.actions)],
  };
}

/** How the status bar shows a stream, or that none is open. */
export function presentStatus(
  snapshot: StreamSnapshot | undefined,
  wallNow: number,
  formatTime: FormatTime,
): StatusPresentation {
  if (snapshot === undefined) {
    return {
      text: `$(circle-outline) ${texts.extension.status.idle}`,
      severity: 'none',
      accessibleLabel: texts.extension.status.accessibleIdle,
      sentence: texts.extension.panel.sentence,
      tooltip: texts.extension.panel.sentence,
      actions: actions(['logStream.connect', 'logStream.startServer']),
    };
  }
  const { status, name, server } = snapshot;
  const look = lookOf(status);
  const words = statusWords(snapshot, wallNow);
  // Of an end the sentence says all that the words do.
  const sentence = status.end === undefined ? `${words}. ${status.reason}` : status.reason;
  const serverActions: readonly CommandId[] =
    server === undefined ? [] : ['logStream.openInBrowser', 'logStream.stopServer'];
  return {
    text: `$(${look.icon}) ${words}`,
    severity: look.severity,
    accessibleLabel: texts.extension.status.accessible(name, sentence),
    sentence,
    tooltip: tooltip(snapshot, wallNow, formatTime),
    actions: actions([...look.actions, ...serverActions]),
  };
}

/** What the panel shows of a stream's connection, or that none is open. */
export function presentConnection(snapshot: StreamSnapshot | undefined): ConnectionView {
  if (snapshot === undefined) {
    const { label, sentence } = texts.extension.panel;
    return {
      tone: 'off',
      label,
      sentence,
      address: null,
      name: null,
      retryAt: null,
      actions: ['connect', 'startServer'],
    };
  }
  const { status, server, name } = snapshot;
  const look = lookOf(status);
  return {
    tone: look.tone,
    label: look.label,
    sentence: status.reason,
    address: status.address,
    name,
    retryAt: status.retryAt ?? null,
    actions: viewerActions([...look.actions, ...(server === undefined ? [] : (['logStream.stopServer'] as const))]),
  };
}

/** What the status bar item says besides its icon. */
function statusWords({ status, linesPerSecond }: StreamSnapshot, wallNow: number): string {
  const words = texts.extension.status;
  if (status.end !== undefined) {
    return texts.client.ended.words(status.end);
  }
  switch (status.state) {
    case 'idle':
      return words.idle;
    case 'closed':
      return words.closed;
    case 'connecting':
    case 'opening':
      return status.lastDisconnect === undefined ? words.connecting : words.reconnecting(status.attempt);
    case 'replaying':
      return words.replaying;
    case 'live':
      return linesPerSecond > 0 ? words.liveRate(formatRate(linesPerSecond)) : words.live;
    case 'suspect':
      return words.suspect;
    case 'draining':
      return words.draining;
    case 'waiting': {
      const seconds = Math.max(0, Math.ceil(((status.retryAt ?? wallNow) - wallNow) / 1000));
      return words.waiting(seconds, status.attempt);
    }
    case 'dormant':
      return words.dormant;
    case 'failed':
      return words.failed;
  }
}

function tooltip(
  { name, status, metrics, linesPerSecond, server }: StreamSnapshot,
  now: number,
  formatTime: FormatTime,
): string {
  const label = texts.extension.tooltip;
  const rows: (readonly [string, string] | null)[] = [
    [label.address, `\`${status.address.replaceAll('`', '')}\``],
    [label.since, label.sinceValue(formatTime(status.since), formatDuration(now - status.since))],
    metrics.roundTripMs === undefined ? null : [label.roundTrip, `${Math.max(1, Math.round(metrics.roundTripMs))} ms`],
    status.heartbeatMs === undefined
      ? null
      : [
          label.heartbeat,
          label.heartbeatValue(formatSeconds(status.heartbeatMs), escapeMarkdown(status.heartbeatOrigin ?? '')),
        ],
    [
      label.lines,
      linesPerSecond > 0
        ? label.linesAndRate(metrics.linesReceived, formatRate(linesPerSecond))
        : label.linesValue(metrics.linesReceived),
    ],
    status.lastDisconnect === undefined
      ? null
      : [
          label.lastDisconnect,
          label.lastDisconnectValue(formatTime(status.lastDisconnect.at), escapeMarkdown(status.lastDisconnect.reason)),
        ],
    server === undefined ? null : [label.server, escapeMarkdown(server)],
  ];
  const table = rows.filter((row) => row !== null).map(([key, value]) => `| ${key} | ${value} |`);
  return [
    // An address is in the sentence, or else in the table.
    mentions(status.reason, name)
      ? escapeMarkdown(status.reason)
      : `**${escapeMarkdown(name)}** – ${escapeMarkdown(status.reason)}`,
    '',
    '| | |',
    '| --- | --- |',
    ...table,
    '',
    label.click,
  ].join('\n');
}

/** Text from elsewhere stays text in Markdown: no links, no tables, no icons. */
function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/[\\`*_{}[\]()#+!|~$]/g, '\\$&');
}

const LABELS: Partial<Readonly<Record<CommandId, string>>> = {
  'logStream.connect': actionLabels.connect,
  'logStream.disconnect': actionLabels.disconnect,
  'logStream.reconnectNow': actionLabels.reconnectNow,
  'logStream.runAgain': actionLabels.runAgain,
  'logStream.openPanel': actionLabels.openPanel,
  'logStream.showOutput': actionLabels.showOutput,
  'logStream.startServer': actionLabels.startServer,
  'logStream.stopServer': actionLabels.stopServer,
  'logStream.openInBrowser': actionLabels.openInBrowser,
  'logStream.clear': actionLabels.clear,
  'logStream.showReport': actionLabels.showReport,
};

function actions(commands: readonly CommandId[]): StatusAction[] {
  return commands.map((command) => ({ command, label: LABELS[command] ?? command }));
}

/** The actions a viewer offers, and the command each stands for. */
export const VIEWER_COMMANDS: Readonly<Record<ViewerAction, CommandId>> = {
  connect: 'logStream.connect',
  disconnect: 'logStream.disconnect',
  reconnectNow: 'logStream.reconnectNow',
  runAgain: 'logStream.runAgain',
  startServer: 'logStream.startServer',
  stopServer: 'logStream.stopServer',
  showReport: 'logStream.showReport',
  showOutput: 'logStream.showOutput',
  clear: 'logStream.clear',
};

function viewerActions(commands: readonly CommandId[]): ViewerAction[] {
  const known = Object.entries(VIEWER_COMMANDS) as [ViewerAction, CommandId][];
  return commands.flatMap((command) => known.filter(([, id]) => id === command).map(([action]) => action));
}
