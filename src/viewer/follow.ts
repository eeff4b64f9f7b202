import type { MissedCount } from '../view/messages';

/**
 * Whether the list follows the end of the stream. Nothing but a person changes it: what arrives,
 * leaves or is filtered does not. See the pains it prevents: a view that jumps to the end while
 * somebody reads back, and one that stands still without saying so.
 */
export type FollowState =
  | { readonly mode: 'following' }
  /** `missed`: what came since; counted by the holder, which sees lines that a filter hides, too. */
  | { readonly mode: 'paused'; readonly missed: MissedCount };

export type FollowEvent =
  /** A person scrolled. `atEnd`: the last row is in view now. `moved`: the rows moved at all. */
  | {
      readonly type: 'scrolled';
      readonly direction: 'up' | 'down';
      readonly moved: boolean;
      readonly atEnd: boolean;
    }
  /** A person stopped it: button, key, selecting text. */
  | { readonly type: 'paused' }
  /** A person wants the end: button, key. */
  | { readonly type: 'resumed' }
  /** The view has grown, or not. `missed`: as the holder counts it; null where it does not, or not yet. */
  | { readonly type: 'grown'; readonly missed: MissedCount | null }
  /** There is nothing left to read. */
  | { readonly type: 'cleared' };

export const FOLLOWING: FollowState = { mode: 'following' };
const PAUSED: FollowState = { mode: 'paused', missed: { arrived: 0, passed: 0 } };

export function followReducer(state: FollowState, event: FollowEvent): FollowState {
  switch (event.type) {
    case 'scrolled':
      if (event.direction === 'up') {
        return event.moved && !event.atEnd ? paused(state) : state;
      }
      return event.atEnd ? FOLLOWING : state;
    case 'paused':
      return paused(state);
    case 'resumed':
    case 'cleared':
      return FOLLOWING;
    case 'grown':
      return state.mode === 'following' || event.missed === null ? state : { mode: 'paused', missed: event.missed };
  }
}

function paused(state: FollowState): FollowState {
  return state.mode === 'paused' ? state : PAUSED;
}
