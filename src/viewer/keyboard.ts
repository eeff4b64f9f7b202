import type { Disposable } from '../base/disposable';
import { listen } from './listen';

/** What keys do. One entry, one action, so that a help page can list them. */
export type KeyAction =
  | 'rowUp'
  | 'rowDown'
  | 'pageUp'
  | 'pageDown'
  | 'start'
  | 'resume'
  | 'togglePause'
  | 'filter'
  | 'escape'
  | 'caseSensitive'
  | 'wholeWord'
  | 'regularExpression'
  | 'wrap'
  | 'times'
  | 'clear';

/** The keys as `KeyboardEvent.code` or `.key`, whichever means the same on every layout. */
const KEYS: Readonly<Record<string, KeyAction>> = {
  ArrowUp: 'rowUp',
  ArrowDown: 'rowDown',
  PageUp: 'pageUp',
  PageDown: 'pageDown',
  Home: 'start',
  'Ctrl+Home': 'start',
  End: 'resume',
  'Ctrl+End': 'resume',
  ' ': 'togglePause',
  '/': 'filter',
  'Ctrl+f': 'filter',
  Escape: 'escape',
  'Alt+KeyC': 'caseSensitive',
  'Alt+KeyW': 'wholeWord',
  'Alt+KeyR': 'regularExpression',
  'Alt+KeyZ': 'wrap',
  'Alt+KeyT': 'times',
  'Alt+KeyL': 'clear',
};

/** Keys that mean something else while text is typed. */
const NOT_WHILE_TYPING: ReadonlySet<KeyAction> = new Set(['start', 'resume', 'togglePause', 'rowUp', 'rowDown']);

function nameOf(event: KeyboardEvent): string {
  // With Alt, macOS types other characters, so the key's place counts.
  if (event.altKey) {
    return `Alt+${event.code}`;
  }
  return event.ctrlKey || event.metaKey
    ? `Ctrl+${event.key.length === 1 ? event.key.toLowerCase() : event.key}`
    : event.key;
}

/** Listens for the viewer's keys. `act` returns whether it did something. */
export function listenToKeys(target: Document, act: (action: KeyAction) => boolean): Disposable {
  return listen(target, 'keydown', (event) => {
    const name = nameOf(event);
    const action = Object.hasOwn(KEYS, name) ? KEYS[name] : undefined;
    if (action === undefined || event.isComposing) {
      return;
    }
    const { target: focused } = event;
    const isTyping = focused instanceof HTMLInputElement;
    if (isTyping && (NOT_WHILE_TYPING.has(action) || name === '/')) {
      return;
    }
    // A focused button takes the space bar for itself.
    if (action === 'togglePause' && focused instanceof HTMLButtonElement) {
      return;
    }
    if (act(action)) {
      event.preventDefault();
    }
  });
}
