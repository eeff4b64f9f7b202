import { element, icon } from './dom';

/** One line of a menu. */
export type MenuItem =
  | 'separator'
  | { readonly heading: string }
  | {
      readonly label: string;
      readonly key?: string;
      /** Present: the item is a choice, on or off. */
      readonly checked?: boolean;
      /** One of several, of which one is on. */
      readonly radio?: boolean;
      readonly disabled?: boolean;
      act(): void;
    };

/** Kept free at the window's edges, px. */
const MARGIN_PX = 4;

let close: (() => void) | undefined;

/**
 * Opens a popup menu below a control. Arrows move, a letter jumps, Enter chooses, Escape closes and
 * gives the focus back. There is at most one.
 */
export function openMenu(anchor: HTMLElement, label: string, items: readonly MenuItem[]): void {
  const again = anchor.getAttribute('aria-expanded') === 'true';
  close?.();
  if (again) {
    return;
  }
  const menu = element('div', { class: 'menu', role: 'menu', 'aria-label': label, tabindex: '-1' });
  const buttons: HTMLButtonElement[] = [];
  const done = (returnsFocus: boolean): void => {
    close = undefined;
    menu.remove();
    anchor.setAttribute('aria-expanded', 'false');
    document.removeEventListener('pointerdown', outside, true);
    window.removeEventListener('blur', away);
    window.removeEventListener('resize', away);
    if (returnsFocus) {
      anchor.focus();
    }
  };
  const away = (): void => done(false);
  const outside = (event: Event): void => {
    // A press on the control itself toggles; that is its own listener's part.
    if (event.target instanceof Node && !menu.contains(event.target) && !anchor.contains(event.target)) {
      done(false);
    }
  };
  for (const item of items) {
    if (item === 'separator') {
      menu.append(element('div', { class: 'menu-separator', role: 'separator' }));
    } else if ('heading' in item) {
      menu.append(element('div', { class: 'menu-heading', role: 'presentation' }, item.heading));
    } else {
      const button = menuButton(item, () => {
        done(true);
        item.act();
      });
      buttons.push(button);
      menu.append(button);
    }
  }
  menu.addEventListener('keydown', (event) => {
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const next = nextIndex(event.key, at, buttons);
    if (event.key === 'Escape' || event.key === 'Tab') {
      done(true);
    } else if (next !== undefined) {
      buttons[next]?.focus();
    } else if (event.key !== 'Enter' && event.key !== ' ') {
      return;
    }
    event.stopPropagation();
    if (event.key !== 'Enter' && event.key !== ' ') {
      event.preventDefault();
    }
  });
  // Within the page's landmark, so that a screen reader knows where it is.
  (anchor.closest('main') ?? document.body).append(menu);
  place(menu, anchor.getBoundingClientRect());
  anchor.setAttribute('aria-expanded', 'true');
  document.addEventListener('pointerdown', outside, true);
  window.addEventListener('blur', away);
  window.addEventListener('resize', away);
  close = away;
  (buttons.find((button) => button.getAttribute('aria-checked') === 'true') ?? buttons[0] ?? menu).focus();
}

function menuButton(item: Exclude<MenuItem, 'separator' | { heading: string }>, act: () => void): HTMLButtonElement {
  const role = item.checked === undefined ? 'menuitem' : item.radio ? 'menuitemradio' : 'menuitemcheckbox';
  const button = element(
    'button',
    { type: 'button', class: 'menu-item', role, tabindex: '-1' },
    item.checked ? icon('check') : element('span', { class: 'codicon', 'aria-hidden': 'true' }),
    element('span', { class: 'menu-label' }, item.label),
    element('span', { class: 'menu-key', 'aria-hidden': 'true' }, item.key ?? ''),
  );
  if (item.checked !== undefined) {
    button.setAttribute('aria-checked', String(item.checked));
  }
  if (item.disabled) {
    button.setAttribute('aria-disabled', 'true');
  } else {
    button.addEventListener('click', act);
  }
  button.addEventListener('pointermove', () => button.focus({ preventScroll: true }));
  return button;
}

function nextIndex(key: string, at: number, buttons: readonly HTMLElement[]): number | undefined {
  const { length } = buttons;
  switch (key) {
    case 'ArrowDown':
      return (at + 1) % length;
    case 'ArrowUp':
      return (Math.max(at, 0) - 1 + length) % length;
    case 'Home':
      return 0;
    case 'End':
      return length - 1;
  }
  if (key.length !== 1 || key === ' ') {
    return undefined;
  }
  for (let step = 1; step <= length; step++) {
    const index = (at + step) % length;
    const label = buttons[index]?.querySelector('.menu-label')?.textContent ?? '';
    if (label.toLowerCase().startsWith(key.toLowerCase())) {
      return index;
    }
  }
  return undefined;
}

function place(menu: HTMLElement, anchor: DOMRect): void {
  const { width, height } = menu.getBoundingClientRect();
  const left = Math.max(MARGIN_PX, Math.min(anchor.left, window.innerWidth - width - MARGIN_PX));
  const below = anchor.bottom + 2;
  const fits = below + height <= window.innerHeight - MARGIN_PX;
  const top = fits ? below : Math.max(MARGIN_PX, window.innerHeight - height - MARGIN_PX);
  menu.style.left = `${left}px`;
  menu.style.top = `${top}px`;
}
