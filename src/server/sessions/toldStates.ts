import { EVENT_KINDS, type SourceState } from '../../protocol/messages';
import type { Channel } from './channel';
import type { Delivery } from './delivery';
import type { Outgoing } from './outgoing';

interface Told {
  state: SourceState | undefined;
  partial: string;
  /** Something was not told because the socket had no room for it. */
  isOwed: boolean;
}

/** What a client has been told of each source beside its lines: its state, and the line that is still being written. */
export class ToldStates {
  readonly #channel: Channel;
  readonly #outgoing: Outgoing;
  readonly #told = new WeakMap<Delivery, Told>();

  constructor(channel: Channel, outgoing: Outgoing) {
    this.#channel = channel;
    this.#outgoing = outgoing;
  }

  /** What changes many times is told as it is once there is room, not each time. */
  changed(delivery: Delivery): void {
    const hasRoom = this.#channel.hasRoom();
    this.#of(delivery).isOwed = !hasRoom;
    if (hasRoom) {
      this.tellState(delivery);
      this.#tellPartial(delivery);
    }
  }

  /** Tells the state of a source now, if it is another one than was told last. */
  tellState(delivery: Delivery): void {
    const told = this.#of(delivery);
    const state = delivery.isFailing ? 'failed' : stateFor(delivery);
    if (state !== told.state) {
      told.state = state;
      this.#outgoing.source(delivery.source, state, delivery.epoch);
    }
  }

  /** There is room for what was not told. */
  roomAgain(delivery: Delivery): void {
    if (this.#of(delivery).isOwed) {
      this.changed(delivery);
    }
  }

  #tellPartial(delivery: Delivery): void {
    const { source, isCaughtUp } = delivery;
    const told = this.#of(delivery);
    if (isCaughtUp && source.partial !== told.partial) {
      told.partial = source.partial;
      // An empty one needs no word: the finished line that took its place says it.
      if (source.partial !== '') {
        this.#outgoing.event(source.id, { event: EVENT_KINDS.partial, text: source.partial });
      }
    }
  }

  #of(delivery: Delivery): Told {
    let told = this.#told.get(delivery);
    if (told === undefined) {
      // What a resumed client has of the unfinished line is unknown, so it is told again.
      told = { state: undefined, partial: '', isOwed: false };
      this.#told.set(delivery, told);
    }
    return told;
  }
}

/** "Nothing more will come" is not true for a client before it has everything. */
function stateFor({ source, hasEnded }: Delivery): SourceState {
  return source.state === 'ended' && !hasEnded ? 'live' : source.state;
}
