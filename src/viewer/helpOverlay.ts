import { texts } from '../text/viewerTexts';
import { element, iconButton } from './dom';
import { KEY_BINDINGS, type KeyGroup, keyLabel } from './keyboard';

const GROUPS: readonly KeyGroup[] = ['move', 'find', 'view', 'lines'];

/** Lists every key, as a dialog of its own; Escape closes it and gives the focus back. */
export function openHelp(parent: HTMLElement): void {
  const words = texts.finding.keys;
  const before = document.activeElement;
  const close = iconButton('close', words.close, () => dialog.close());
  const dialog = element(
    'dialog',
    { class: 'dialog help', 'aria-labelledby': 'help-title' },
    element('div', { class: 'help-head' }, element('h2', { id: 'help-title' }, words.title), close),
    element('div', { class: 'help-groups', tabindex: '0' }, ...GROUPS.map(groupElement)),
  );
  dialog.addEventListener('keydown', (event) => {
    event.stopPropagation();
    if (event.key === '?') {
      dialog.close();
    }
  });
  dialog.addEventListener('click', (event) => {
    // Beside it, on the backdrop.
    if (event.target === dialog) {
      dialog.close();
    }
  });
  dialog.addEventListener('close', () => {
    dialog.remove();
    if (before instanceof HTMLElement) {
      before.focus();
    }
  });
  parent.append(dialog);
  dialog.showModal();
}

function groupElement(group: KeyGroup): HTMLElement {
  const words = texts.finding.keys;
  return element(
    'section',
    { class: 'help-group' },
    element('h3', {}, words.groups[group]),
    element(
      'dl',
      {},
      ...KEY_BINDINGS.filter((binding) => binding.group === group).map(({ action, keys }) =>
        element(
          'div',
          { class: 'help-key' },
          element('dt', {}, words.actions[action]),
          element('dd', {}, ...keys.map((key) => element('kbd', {}, keyLabel(key)))),
        ),
      ),
    ),
  );
}
