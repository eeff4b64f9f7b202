import type { Clock } from '../base/clock';
import { type Disposable, toDisposable } from '../base/disposable';
import { Emitter, type Event } from '../base/emitter';
import type { OpenPatternThread, PatternThread, TextMatches, ThreadAnswer } from './patternThread';

/** So long may one text take, ms. Texts beside it are told every 20 ms, so a busy machine is no reason. */
const DEADLINE_MS = 1000;
/** So long may a thread take to begin, ms. */
const START_MS = 10_000;
/**
 * The deadline is counted in pieces: while a program is held up, answers wait for it, too. Such a piece, one
 * that is over so much too late, tells of a machine that slept or a busy program, not of the thread.
 */
const PIECES = 4;
const LATE_MS = 250;
/** A thread that nobody asked for so long is ended, ms. */
const IDLE_MS = 60_000;
/** Text that may wait for an answer, in characters: beyond it, whoever asks has to come again. */
const MOST_WAITING = 1024 * 1024;

/** Why an expression is not tried any more: it reached the deadline, the engine refused it, or there is no thread. */
export const PATTERN_FAULTS = ['slow', 'refused', 'noThread'] as const;
export type PatternFault = (typeof PATTERN_FAULTS)[number];

/** Takes what was found in the next of the texts; null: there is no more to come, the expression was taken out. */
export type TakeMatches = (matches: readonly TextMatches[] | null) => void;

/** Where expressions are matched that may take long. */
export interface PatternAsking {
  /** Whether more may be asked now; otherwise after the next answer. */
  readonly hasRoom: boolean;
  /** Has an expression matched in texts, elsewhere. Dispose to have no further answer. */
  ask(expression: RegExp, texts: readonly string[], mostMatches: number, take: TakeMatches): Disposable;
  /** Why an expression was taken out, or undefined. */
  faultOf(expression: RegExp): PatternFault | undefined;
  /** Something that was asked has been answered, or will not be. */
  readonly onDidAnswer: Event<void>;
}

interface Job {
  readonly id: number;
  readonly expression: RegExp;
  readonly texts: readonly string[];
  readonly characters: number;
  readonly mostMatches: number;
  readonly take: TakeMatches;
}

/**
 * Matches a person's expressions in a thread of its own, with a deadline. The engine cannot be
 * interrupted, so a thread in which a text takes too long is ended, the expression is taken out for
 * good, and everything else goes on in a new thread.
 */
export class PatternMatching implements PatternAsking, Disposable {
  readonly #open: OpenPatternThread;
  readonly #clock: Clock;
  readonly #waiting: Job[] = [];
  readonly #faults = new Map<string, PatternFault>();
  readonly #answered = new Emitter<void>();
  #running: Job | undefined;
  #thread: PatternThread | undefined;
  #isReady = false;
  /** No thread can be had here. */
  #isWithoutThread = false;
  #timer: Disposable | undefined;
  #telling: Disposable | undefined;
  #lastId = 0;
  #waitingCharacters = 0;
  readonly onDidAnswer = this.#answered.event;

  constructor(open: OpenPatternThread, clock: Clock) {
    this.#open = open;
    this.#clock = clock;
  }

  get hasRoom(): boolean {
    return this.#waitingCharacters < MOST_WAITING;
  }

  faultOf(expression: RegExp): PatternFault | undefined {
    return this.#faults.get(String(expression)) ?? (this.#isWithoutThread ? 'noThread' : undefined);
  }

  ask(expression: RegExp, texts: readonly string[], mostMatches: number, take: TakeMatches): Disposable {
    const characters = texts.reduce((sum, { length }) => sum + length, 0);
    const job: Job = { id: ++this.#lastId, expression, texts, characters, mostMatches, take };
    this.#waiting.push(job);
    this.#waitingCharacters += characters;
    this.#next();
    return toDisposable(() => this.#drop(job));
  }

  dispose(): void {
    this.#endThread();
    this.#telling?.dispose();
    this.#waiting.length = 0;
    this.#running = undefined;
    this.#answered.dispose();
  }

  /** Nobody wants to know any more: what is under way must not keep others waiting. */
  #drop(job: Job): void {
    const index = this.#waiting.indexOf(job);
    if (this.#running !== job && index === -1) {
      return;
    }
    this.#waitingCharacters -= job.characters;
    if (index !== -1) {
      this.#waiting.splice(index, 1);
    } else {
      this.#running = undefined;
      this.#endThread();
      this.#next();
    }
    // Somebody else may wait for its room. Many are dropped together, so that is told once, behind the last.
    this.#telling ??= this.#clock.schedule(0, () => {
      this.#telling = undefined;
      this.#answered.fire();
    });
  }

  #next(): void {
    if (this.#running) {
      return;
    }
    const job = this.#waiting.shift();
    if (!job) {
      this.#schedule(IDLE_MS, () => this.#endThread());
      return;
    }
    this.#running = job;
    if (this.faultOf(job.expression) !== undefined) {
      // It was taken out meanwhile; told after whoever asks has been answered.
      this.#schedule(0, () => this.#finish(null));
      return;
    }
    this.#thread ??= this.#openThread();
    this.#expectAnswer();
    const { source, flags } = job.expression;
    this.#thread.post({ job: job.id, source, flags, texts: job.texts, mostMatches: job.mostMatches });
  }

  #openThread(): PatternThread {
    this.#isReady = false;
    let isOver = false;
    const thread = this.#open(
      (answer) => {
        if (!isOver) {
          this.#take(answer);
        }
      },
      () => {
        if (!isOver) {
          this.#failed();
        }
      },
    );
    return {
      post: (question) => thread.post(question),
      dispose: () => {
        isOver = true;
        thread.dispose();
      },
    };
  }

  #take(answer: ThreadAnswer): void {
    if (answer.kind === 'ready') {
      this.#isReady = true;
      if (this.#running) {
        this.#expectAnswer();
      }
      return;
    }
    if (answer.job !== this.#running?.id) {
      return;
    }
    if (answer.kind === 'refused') {
      this.#takeOut('refused');
    } else if (answer.isDone) {
      this.#finish(answer.matches);
    } else {
      this.#expectAnswer();
      this.#running.take(answer.matches);
      this.#answered.fire();
    }
  }

  /** The thread is given its time anew, or what is left of it. */
  #expectAnswer(pieces = PIECES): void {
    const delay = (this.#isReady ? DEADLINE_MS : START_MS) / PIECES;
    const due = this.#clock.now() + delay;
    this.#schedule(delay, () => {
      const isLate = this.#clock.now() - due > LATE_MS;
      if (isLate || pieces > 1) {
        this.#expectAnswer(isLate ? pieces : pieces - 1);
      } else {
        this.#failed();
      }
    });
  }

  /** The thread is stuck, ended by itself, or never began. */
  #failed(): void {
    const wasReady = this.#isReady;
    this.#endThread();
    if (wasReady) {
      this.#takeOut('slow');
    } else {
      this.#isWithoutThread = true;
      this.#finish(null);
    }
  }

  #takeOut(fault: PatternFault): void {
    if (this.#running) {
      this.#faults.set(String(this.#running.expression), fault);
    }
    this.#finish(null);
  }

  #finish(matches: readonly TextMatches[] | null): void {
    const job = this.#running;
    this.#running = undefined;
    this.#timer?.dispose();
    if (job) {
      this.#waitingCharacters -= job.characters;
    }
    this.#next();
    job?.take(matches);
    this.#answered.fire();
  }

  #endThread(): void {
    this.#timer?.dispose();
    this.#thread?.dispose();
    this.#thread = undefined;
    this.#isReady = false;
  }

  #schedule(delay: number, run: () => void): void {
    this.#timer?.dispose();
    this.#timer = this.#clock.schedule(delay, run);
  }
}

/** What one asker has asked: dropped together, when nobody holds it any more. */
export class PatternScope implements PatternAsking, Disposable {
  readonly #asking: PatternAsking;
  readonly #jobs = new Set<Disposable>();
  /** Who made it, and who took hold of it since. */
  #holders = 1;
  readonly #own = this.#holding();
  readonly onDidAnswer: Event<void>;

  constructor(asking: PatternAsking) {
    this.#asking = asking;
    this.onDidAnswer = asking.onDidAnswer;
  }

  get hasRoom(): boolean {
    return this.#asking.hasRoom;
  }

  faultOf(expression: RegExp): PatternFault | undefined {
    return this.#asking.faultOf(expression);
  }

  ask(expression: RegExp, texts: readonly string[], mostMatches: number, take: TakeMatches): Disposable {
    let left = texts.length;
    const job = this.#asking.ask(expression, texts, mostMatches, (matches) => {
      left = matches === null ? 0 : left - matches.length;
      if (left === 0) {
        this.#jobs.delete(job);
      }
      take(matches);
    });
    this.#jobs.add(job);
    if (this.#holders === 0) {
      this.#drop();
    }
    return job;
  }

  /** Keeps what was asked alive until that is disposed, too. */
  hold(): Disposable {
    this.#holders++;
    return this.#holding();
  }

  untilAnswered(): Promise<void> {
    return new Promise((resolve) => {
      const listening = this.onDidAnswer(() => {
        listening.dispose();
        resolve();
      });
    });
  }

  dispose(): void {
    this.#own.dispose();
  }

  #holding(): Disposable {
    return toDisposable(() => {
      this.#holders--;
      if (this.#holders === 0) {
        this.#drop();
      }
    });
  }

  #drop(): void {
    // What is under way comes last: ended first, it would make room for the next one of these.
    for (const job of [...this.#jobs].reverse()) {
      job.dispose();
    }
    this.#jobs.clear();
  }
}
