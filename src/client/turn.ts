import type { Effect, Link, MachineState, Moment, TimerName } from './state';

/** One reduction under way: what the next state and the effects will be. Never outlives `reduce`. */
export class Turn {
  state: MachineState;
  readonly effects: Effect[] = [];
  readonly now: number;

  constructor(
    state: MachineState,
    readonly moment: Moment,
  ) {
    this.state = state;
    this.now = moment.now;
  }

  get policy() {
    return this.state.options.policy;
  }

  get shownAddress(): string {
    return this.state.options.address.shown;
  }

  /**
   * Whether a peer that was offered our subprotocol may yet turn out to speak plain text. An echo proves nothing:
   * Node's `ws` echoes the first one that is offered. A welcome, now or ever, does.
   */
  get mayBePlain(): boolean {
    const { dialect, options, welcomed } = this.state;
    return dialect === 'logstream' && options.format === 'auto' && !welcomed;
  }

  set(change: Partial<MachineState>): void {
    this.state = { ...this.state, ...change };
  }

  setLink(change: Partial<Link>): void {
    if (this.state.link !== null) {
      this.set({ link: { ...this.state.link, ...change } });
    }
  }

  emit(effect: Effect): void {
    this.effects.push(effect);
  }

  /** Sets a deadline (driver's time), or removes it. */
  timer(name: TimerName, due: number | undefined): void {
    const timers = { ...this.state.timers };
    if (due === undefined) {
      delete timers[name];
    } else {
      timers[name] = due;
    }
    this.set({ timers });
  }
}
