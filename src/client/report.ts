import { showControls } from '../base/controlCharacters';
import type { GapMessage, ResumePosition } from '../protocol/messages';
import { clientTexts } from '../text/client';
import type { LearnedEntry } from './learned';
import type { MachineState } from './state';
import type { ConnectionMetrics, ConnectionStatus } from './status';

/** Entries of the timeline and of the gaps that are kept. */
const entriesKept = 300;

/** What a report tells of; times are wall ms. */
export interface ReportSubject {
  readonly name: string;
  readonly madeAt: number;
  readonly status: ConnectionStatus;
  readonly metrics: ConnectionMetrics;
  readonly machine: MachineState;
  readonly learned: LearnedEntry;
  readonly positions: readonly ResumePosition[];
  readonly duplicateLines: number;
}

interface TimelineEntry {
  readonly at: number;
  readonly what: string;
  readonly text: string;
}

/** The history of one connection, bounded, for its report. */
export class ConnectionRecord {
  readonly #timeline: TimelineEntry[] = [];
  readonly #gaps: { readonly at: number; readonly gap: GapMessage }[] = [];
  readonly #roundTrips: number[] = [];
  readonly #roundTripsKept: number;
  #timelineDropped = 0;
  #gapsDropped = 0;
  #roundTripCount = 0;
  #opened = 0;
  #resumed = 0;

  constructor(roundTripsKept: number) {
    this.#roundTripsKept = roundTripsKept;
  }

  note(at: number, what: string, text: string): void {
    this.#timeline.push({ at, what, text });
    if (this.#timeline.length > entriesKept) {
      this.#timeline.shift();
      this.#timelineDropped++;
    }
  }

  noteGap(at: number, gap: GapMessage): void {
    this.#gaps.push({ at, gap });
    if (this.#gaps.length > entriesKept) {
      this.#gaps.shift();
      this.#gapsDropped++;
    }
  }

  noteRoundTrip(ms: number): void {
    // A ring: the newest replace the oldest.
    this.#roundTrips[this.#roundTripCount % this.#roundTripsKept] = ms;
    this.#roundTripCount++;
  }

  noteOpened(resumed: boolean): void {
    this.#opened++;
    if (resumed) {
      this.#resumed++;
    }
  }

  /** The report as Markdown. Holds no token, password or query of an address. */
  render(subject: ReportSubject): string {
    const text = clientTexts.report;
    const sections: [string, readonly string[]][] = [
      [text.summary, summaryOf(subject)],
      [text.timings, timingsOf(subject.machine)],
      [text.learned, learnedOf(subject.learned)],
      [text.roundTrips, this.#roundTripLines()],
      [
        text.traffic,
        [
          text.received(subject.metrics.linesReceived, subject.metrics.bytesReceived),
          text.connections(this.#opened, this.#resumed),
          text.duplicates(subject.duplicateLines),
        ],
      ],
      [text.sources, subject.positions.map((each) => text.position(each.source, each.epoch, each.nextSeq))],
      [text.gaps, this.#gapLines()],
      [text.timeline, this.#timelineLines()],
    ];
    const parts = [oneLine(text.title(subject.name)), '', text.madeAt(stamp(subject.madeAt))];
    for (const [title, lines] of sections) {
      parts.push('', title, '', ...(lines.length === 0 ? [text.nothing] : lines.map((line) => `- ${oneLine(line)}`)));
    }
    return `${parts.join('\n')}\n`;
  }

  #roundTripLines(): string[] {
    if (this.#roundTripCount === 0) {
      return [];
    }
    const sorted = [...this.#roundTrips].sort((a, b) => a - b);
    const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1);
    return [clientTexts.report.roundTrip(this.#roundTripCount, at(0), at(0.5), at(1))];
  }

  #gapLines(): string[] {
    const text = clientTexts.report;
    const lines = this.#gaps.map(({ at, gap }) =>
      text.gap(stamp(at), gap.source, text.gapCount(gap.count, gap.from, gap.to), gap.reason),
    );
    return this.#gapsDropped === 0 ? lines : [text.earlier(this.#gapsDropped), ...lines];
  }

  #timelineLines(): string[] {
    const text = clientTexts.report;
    const lines = this.#timeline.map((each) => text.timelineEntry(stamp(each.at), each.what, each.text));
    return this.#timelineDropped === 0 ? lines : [text.earlier(this.#timelineDropped), ...lines];
  }
}

function summaryOf({ status }: ReportSubject): string[] {
  const text = clientTexts.report;
  const { lastDisconnect: last } = status;
  return [
    text.state(status.state, stamp(status.since)),
    text.why(status.reason),
    text.address(status.address),
    text.attempt(status.attempt),
    ...(last === undefined
      ? []
      : [text.lastDisconnect(stamp(last.at), last.reason, last.code === undefined ? '' : text.code(last.code))]),
  ];
}

function timingsOf({ link, options }: MachineState): string[] {
  const text = clientTexts.report;
  const { policy } = options;
  if (link === null) {
    return [text.noLink, text.maxAttempts(options.maxAttempts)];
  }
  const { welcome } = link;
  return [
    text.heartbeat(link.heartbeat.intervalMs, link.heartbeat.origin),
    text.pingKind(text.pingKinds[link.pingWith]),
    ...(welcome === null
      ? []
      : [
          text.receiveTimeout(welcome.receiveTimeoutMs),
          text.heartbeatTimeout(welcome.heartbeatTimeoutMs),
          text.reconnectWindow(welcome.reconnectWindowMs),
        ]),
    text.silence(welcome === null ? policy.unstatedSilenceMs : policy.negotiatedSilenceMs, welcome !== null),
    text.maxAttempts(options.maxAttempts),
  ];
}

function learnedOf({ plainSince, welcomedSince, limits }: LearnedEntry): string[] {
  const text = clientTexts.report;
  return [
    ...(plainSince === undefined || welcomedSince !== undefined ? [] : [text.plainDialect]),
    ...(limits?.silence === undefined
      ? []
      : [text.silenceLimit(limits.silence.limitMs, text.needs[limits.silence.needs])]),
    ...(limits?.lifetimeMs === undefined ? [] : [text.lifetimeLimit(limits.lifetimeMs)]),
  ];
}

function stamp(wallMs: number): string {
  return new Date(wallMs).toISOString();
}

/** What servers say may hold line breaks, which would break the list, and what a terminal would obey. */
function oneLine(line: string): string {
  return showControls(line.replace(/\s*[\r\n]+\s*/g, ' '));
}
