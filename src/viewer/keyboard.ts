import type { Disposable } from '../base/disposable';
import type { KeyAction } from '../view/keyAction';
import { listen } from './listen';

/** What keys do: what VS Code's commands can do too, and moving and typing. */
export type ViewerKey =
  | KeyAction
  | 'rowUp'
  | 'rowDown'
  | 'pageUp'
  | 'pageDown'
  | 'start'
  | 'escape'
  | 'details'
  | 'selectUp'
  | 'selectDown'
  | 'selectAll'
  | 'caseSensitive'
  | 'wholeWord'
  | 'regularExpression'
  | 'clear';

export type KeyGroup = 'move' | 'find' | 'view' | 'lines';

export interface KeyBinding {
  readonly action: ViewerKey;
  readonly group: KeyGroup;
  /** `KeyboardEvent.key`, with Alt `.code`: whichever means the same on every layout. */
  readonly keys: readonly string[];
  /** The key means something else while text is typed. */
  readonly notWhileTyping?: true;
}

/** Every key of the viewer, in the order in which the help lists them. */
export const KEY_BINDINGS: readonly KeyBinding[] = [
  { action: 'rowUp', group: 'move', keys: ['ArrowUp'], notWhileTyping: true },
  { action: 'rowDown', group: 'move', keys: ['ArrowDown'], notWhileTyping: true },
  { action: 'pageUp', group: 'move', keys: ['PageUp'] },
  { action: 'pageDown', group: 'move', keys: ['PageDown'] },
  { action: 'start', group: 'move', keys: ['Home', 'Ctrl+Home'], notWhileTyping: true },
  { action: 'resume', group: 'move', keys: ['End', 'Ctrl+End'], notWhileTyping: true },
  { action: 'togglePause', group: 'move', keys: [' '], notWhileTyping: true },
  { action: 'nextError', group: 'move', keys: ['F8'] },
  { action: 'previousError', group: 'move', keys: ['Shift+F8'] },
  { action: 'nextBookmark', group: 'move', keys: ['F2'] },
  { action: 'previousBookmark', group: 'move', keys: ['Shift+F2'] },
  { action: 'find', group: 'find', keys: ['Ctrl+f'] },
  { action: 'nextHit', group: 'find', keys: ['F3'] },
  { action: 'previousHit', group: 'find', keys: ['Shift+F3'] },
  { action: 'filter', group: 'find', keys: ['/'] },
  { action: 'caseSensitive', group: 'find', keys: ['Alt+KeyC'] },
  { action: 'wholeWord', group: 'find', keys: ['Alt+KeyW'] },
  { action: 'regularExpression', group: 'find', keys: ['Alt+KeyR'] },
  { action: 'seeInContext', group: 'find', keys: ['Alt+Enter', 'c'] },
  { action: 'saveFilter', group: 'find', keys: ['Alt+KeyS'] },
  { action: 'escape', group: 'find', keys: ['Escape'] },
  { action: 'wrap', group: 'view', keys: ['Alt+KeyZ'] },
  { action: 'times', group: 'view', keys: ['Alt+KeyT'] },
  { action: 'histogram', group: 'view', keys: ['Alt+KeyH'] },
  { action: 'fold', group: 'view', keys: ['z'] },
  { action: 'foldAll', group: 'view', keys: ['Shift+Z'] },
  { action: 'collapseRepeats', group: 'view', keys: ['u'] },
  { action: 'help', group: 'view', keys: ['?'] },
  { action: 'details', group: 'lines', keys: ['Enter'], notWhileTyping: true },
  { action: 'selectUp', group: 'lines', keys: ['Shift+ArrowUp'], notWhileTyping: true },
  { action: 'selectDown', group: 'lines', keys: ['Shift+ArrowDown'], notWhileTyping: true },
  { action: 'selectAll', group: 'lines', keys: ['Ctrl+a'], notWhileTyping: true },
  { action: 'bookmark', group: 'lines', keys: ['b'] },
  { action: 'mark', group: 'lines', keys: ['m'] },
  { action: 'sinceLastMark', group: 'lines', keys: ['Shift+M'] },
  { action: 'clear', group: 'lines', keys: ['Alt+KeyL'] },
  { action: 'clearFromHere', group: 'lines', keys: ['Alt+KeyX'] },
  { action: 'undoClear', group: 'lines', keys: ['Alt+Shift+KeyX'] },
  { action: 'export', group: 'lines', keys: ['Ctrl+s'] },
];

const BY_KEY: ReadonlyMap<string, KeyBinding> = new Map(
  KEY_BINDINGS.flatMap((binding) => binding.keys.map((key) => [key, binding] as const)),
);

type Pressed = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'> & {
  getModifierState(name: string): boolean;
};

/** A pressed key as the table names it. */
export function nameOfKey(event: Pressed): string {
  const { key } = event;
  // AltGr reports Ctrl and Alt, but types a character.
  if (event.getModifierState('AltGraph')) {
    return key;
  }
  const shift = event.shiftKey ? 'Shift+' : '';
  // With Alt, macOS types other characters, so the key's place counts.
  if (event.altKey) {
    return `Alt+${shift}${event.code === 'NumpadEnter' ? 'Enter' : event.code}`;
  }
  if (event.ctrlKey || event.metaKey) {
    return `Ctrl+${shift}${key.length === 1 ? key.toLowerCase() : key}`;
  }
  // Characters such as "?" need Shift on one layout and not on another; letters tell by their case.
  return key.length === 1 && key.toLowerCase() === key.toUpperCase() ? key : `${shift}${key}`;
}

/** A key's name as a person reads it. */
export function keyLabel(name: string): string {
  const last = name === ' ' ? 'Space' : name.split('+').at(-1) || '+';
  const modifiers = name === ' ' ? [] : name.split('+').slice(0, -1);
  const shown = last.replace(/^Key(?=.$)/, '').replace(/^Arrow/, '');
  return [...modifiers, shown.length === 1 ? shown.toUpperCase() : shown].join('+');
}

/** The first key of an action, for tooltips and menus. */
export function keyOf(action: ViewerKey): string {
  const binding = KEY_BINDINGS.find((each) => each.action === action);
  return binding?.keys[0] === undefined ? '' : keyLabel(binding.keys[0]);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}

/** Listens for the viewer's keys. `act` returns whether it did something. */
export function listenToKeys(target: Document, act: (action: ViewerKey) => boolean): Disposable {
  return listen(target, 'keydown', (event) => {
    const name = nameOfKey(event);
    const binding = BY_KEY.get(name);
    if (binding === undefined || event.isComposing || event.defaultPrevented) {
      return;
    }
    if (isTyping(event.target) && (binding.notWhileTyping || name.replace('Shift+', '').length === 1)) {
      return;
    }
    // A focused button takes the space bar for itself.
    if (binding.action === 'togglePause' && event.target instanceof HTMLButtonElement) {
      return;
    }
    if (act(binding.action)) {
      event.preventDefault();
      // A webview passes every key that reaches the window on to VS Code, which would do it once more.
      event.stopPropagation();
    }
  });
}
