import type { Clock } from '../../base/clock';
import { type Disposable, DisposableStore } from '../../base/disposable';
import type { LineCount } from '../../protocol/messages';
import type { LogSource, SourceReader, StartingPoint } from '../logSource';
import type { Channel } from './channel';
import type { Deliveries } from './deliveries';
import type { Outgoing } from './outgoing';
import type { ResumePositions } from './resumePositions';
import { SESSION_LIMITS } from './sessionLimits';
import type { SessionServer } from './sessionServer';
import { SourceOpening } from './sourceOpening';
import type { Subscription } from './subscription';

/** What an announcement needs of its session. */
export interface AnnouncementParts {
  readonly server: SessionServer;
  readonly channel: Channel;
  readonly outgoing: Outgoing;
  readonly deliveries: Deliveries;
  readonly subscription: Subscription;
  readonly positions: ResumePositions;
}

/**
 * Opens the sources that a client wants and has it told of them: of all that open soon at once, before the
 * first line of any, so that it knows when it has the existing lines of all.
 */
export class Announcement implements Disposable {
  readonly #parts: AnnouncementParts;
  readonly #held = new DisposableStore();
  /** Sources on their way to being open. */
  readonly #openings = new Map<string, SourceOpening>();
  /** Those that are open and wait for the others, and how many calls they wait for. */
  readonly #opened = new Map<string, SourceReader>();
  #announcing = 0;
  /** Whether a set of sources is being joined, and another one is wanted since. */
  #joining: 'no' | 'once' | 'again' = 'no';
  /** Existing lines that a client wants which has no place in a source. */
  #lines: LineCount = 0;

  constructor(parts: AnnouncementParts) {
    this.#parts = parts;
  }

  /** Joins what is wanted, and what comes later, from now on. */
  begin(lines: LineCount): void {
    this.#lines = lines;
    this.#held.add(
      this.#parts.server.onDidAddSource((source) => {
        if (this.#joins(source)) {
          // It may be one that was away, and that the client has read before.
          void this.#join(source, this.#startOf(source, 'all'));
        }
      }),
    );
    void this.joinWanted();
  }

  /**
   * Joins what is wanted by now. While an earlier set is on its way to the client nothing is begun, and then
   * only the latest: a client that asks for one set after the other, and takes no answer, would
   * have the server pile answers up.
   */
  async joinWanted(): Promise<void> {
    const { channel } = this.#parts;
    if (this.#joining !== 'no') {
      this.#joining = 'again';
      channel.watchTaking();
      return;
    }
    do {
      this.#joining = 'once';
      await this.#joinAll(this.#lines);
      await channel.sentSoFar();
    } while (this.#wantsAgain());
    this.#joining = 'no';
  }

  /** Another set of sources is wanted while the client has yet to take what was said of the last one. */
  get waitsForTaking(): boolean {
    return this.#joining === 'again' && this.#parts.channel.isAwaited;
  }

  /** Gives up what is not wanted any more. */
  keepOnly(wants: (source: string) => boolean): void {
    for (const parts of [this.#openings, this.#opened]) {
      for (const [id, part] of parts) {
        if (!wants(id)) {
          part.dispose();
          parts.delete(id);
        }
      }
    }
  }

  dispose(): void {
    this.#held.dispose();
    this.keepOnly(() => false);
  }

  #wantsAgain(): boolean {
    return this.#joining === 'again' && !this.#parts.channel.isOver;
  }

  /** Whether a source is wanted and neither there nor on its way. */
  #joins({ id }: LogSource): boolean {
    const { channel, subscription, deliveries } = this.#parts;
    return !channel.isOver && subscription.wants(id) && !deliveries.of(id) && !this.#openings.has(id);
  }

  /** Joins what is wanted, all at once. One that takes long to open is not waited for. */
  async #joinAll(lines: LineCount): Promise<void> {
    const { server, deliveries } = this.#parts;
    const joining = server.sources.filter((source) => this.#joins(source));
    this.#announcing++;
    await inTime(
      Promise.all(joining.map((source) => this.#join(source, this.#startOf(source, lines)))),
      SESSION_LIMITS.announceMs,
      server.clock,
    );
    this.#announcing--;
    if (this.#announcing === 0) {
      const opened = server.sources.filter(({ id }) => this.#opened.has(id));
      const announced = opened.map((source) => {
        this.#openings.delete(source.id);
        return deliveries.announce(source, this.#opened.get(source.id) as SourceReader);
      });
      this.#opened.clear();
      for (const delivery of announced) {
        delivery.pump();
      }
    }
  }

  #startOf({ id }: LogSource, lines: LineCount): StartingPoint {
    const position = this.#parts.positions.of(id);
    return position ? { kind: 'resume', position } : { kind: 'last', lines };
  }

  /** Resolves once the source is there or has failed for the first time: the others do not wait for it. */
  async #join(source: LogSource, start: StartingPoint): Promise<void> {
    const { server, deliveries, outgoing } = this.#parts;
    const opening = new SourceOpening(source, start, server.clock, {
      opened: (reader) => {
        if (this.#announcing > 0) {
          this.#opened.set(source.id, reader);
        } else {
          this.#openings.delete(source.id);
          deliveries.announce(source, reader).pump();
        }
      },
      failed: (error) => {
        // No numbering is known yet, so a client that resumes keeps its own (PROTOCOL.md section 3).
        outgoing.source(source, 'failed', start.kind === 'resume' ? start.position.epoch : '');
        outgoing.failure(source, error);
      },
    });
    this.#openings.set(source.id, opening);
    await opening.attempt();
  }
}

/** Waits for `work`, but no longer than `ms`. */
async function inTime(work: Promise<unknown>, ms: number, clock: Clock): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = clock.schedule(ms, resolve);
    void work.then(() => {
      timer.dispose();
      resolve();
    });
  });
}
