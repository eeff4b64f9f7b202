/**
 * Whether the list follows the end of the stream. Nothing but a person changes it: what arrives,
 * leaves or is filtered does not. See the pains it prevents: a view that jumps to the end while
 * somebody reads back, and one that stands still without saying so.
 */
export type FollowState =
  | { readonly mode: 'following' }
  | {
      readonly mode: 'paused';
      /** Rows that have come since, and that pass the filter. */
      readonly newRows: number;
      /** The view's end up to which rows are counted; null until the present view is known. */
      readonly countedTo: number | null;
    };

export type FollowEvent =
  /** A person scrolled. `atEnd`: the last row is in view now. `moved`: the rows moved at all. */
  | {
      readonly type: 'scrolled';
      readonly direction: 'up' | 'down';
      readonly moved: boolean;
      readonly atEnd: boolean;
      readonly end: number;
    }
  /** A person stopped it: button, key, selecting text. `end`: of the view as shown. */
  | { readonly type: 'paused'; readonly end: number }
  /** A person wants the end: button, key. */
  | { readonly type: 'resumed' }
  /** The view has grown, or not. */
  | { readonly type: 'grown'; readonly end: number }
  /** Another filter: its rows are numbered anew. */
  | { readonly type: 'refiltered' }
  /** There is nothing left to read. */
  | { readonly type: 'cleared' };

export const FOLLOWING: FollowState = { mode: 'following' };

export function followReducer(state: FollowState, event: FollowEvent): FollowState {
  switch (event.type) {
    case 'scrolled':
      if (event.direction === 'up') {
        return event.moved && !event.atEnd ? pauseAt(state, event.end) : state;
      }
      return event.atEnd ? FOLLOWING : state;
    case 'paused':
      return pauseAt(state, event.end);
    case 'resumed':
    case 'cleared':
      return FOLLOWING;
    case 'grown': {
      if (state.mode === 'following' || state.countedTo === event.end) {
        return state;
      }
      const added = state.countedTo === null ? 0 : Math.max(0, event.end - state.countedTo);
      return { mode: 'paused', newRows: state.newRows + added, countedTo: event.end };
    }
    case 'refiltered':
      return state.mode === 'following' ? state : { ...state, countedTo: null };
  }
}

function pauseAt(state: FollowState, end: number): FollowState {
  return state.mode === 'paused' ? state : { mode: 'paused', newRows: 0, countedTo: end };
}
