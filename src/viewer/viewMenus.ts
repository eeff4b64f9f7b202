import { texts } from '../text/viewerTexts';
import type { ViewerMessage } from '../view/messages';
import type { ViewerKey } from './keyboard';
import { keyOf } from './keyboard';
import { type MenuItem, openMenu } from './menu';
import { TIME_MODES, type TimeMode, type ViewerState } from './viewerState';

export interface ViewMenuEvents {
  act(key: ViewerKey): void;
  setTimeMode(mode: TimeMode): void;
  post(message: ViewerMessage): void;
}

/** Everything there is to the view that has no button of its own, with its keys. */
export function openViewMenu(
  anchor: HTMLElement,
  { options, wraps, timeMode, histogram, filter }: ViewerState,
  events: ViewMenuEvents,
): void {
  const words = texts.finding.menu;
  const item = (action: ViewerKey, label: string, more: { checked?: boolean; disabled?: boolean } = {}): MenuItem => ({
    label,
    key: keyOf(action),
    ...more,
    act: () => events.act(action),
  });
  openMenu(anchor, words.view, [
    { heading: words.times },
    ...TIME_MODES.map((mode) => ({
      label: words.timeModes[mode],
      checked: mode === timeMode,
      radio: true,
      act: () => events.setTimeMode(mode),
    })),
    'separator',
    item('wrap', words.wrap, { checked: wraps }),
    item('foldAll', words.fold, { checked: options.folded === true }),
    item('collapseRepeats', words.collapseRepeats, { checked: options.collapseRepeats === true }),
    item('histogram', words.histogram, { checked: histogram }),
    'separator',
    item('mark', words.mark),
    item('sinceLastMark', words.sinceLastMark),
    item('clearFromHere', words.clearFromHere),
    item('undoClear', words.undoClear, { disabled: filter.fromRow === undefined }),
    'separator',
    item('bookmark', words.bookmark),
    item('nextBookmark', words.nextBookmark),
    item('previousBookmark', words.previousBookmark),
    item('nextError', words.nextError),
    item('previousError', words.previousError),
    item('seeInContext', words.seeInContext),
    'separator',
    item('help', words.help),
  ]);
}

export function openExportMenu(anchor: HTMLElement, post: (message: ViewerMessage) => void): void {
  const words = texts.finding.menu;
  openMenu(anchor, words.export, [
    ...(['shown', 'all'] as const).flatMap((what) =>
      (['text', 'jsonLines'] as const).map((format) => ({
        label: words.exports[what][format],
        act: () => post({ type: 'export', what, format, target: 'file' }),
      })),
    ),
    'separator',
    { label: words.openShown, act: () => post({ type: 'export', what: 'shown', format: 'text', target: 'editor' }) },
    { label: words.openAll, act: () => post({ type: 'export', what: 'all', format: 'text', target: 'editor' }) },
  ]);
}
