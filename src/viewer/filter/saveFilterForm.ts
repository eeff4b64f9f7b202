import { texts } from '../../text/texts';
import { element } from '../dom';

/** Longer names are none. */
const LONGEST_NAME = 100;

/** Asks for the name under which the filter is kept. */
export function askFilterName(parent: HTMLElement, onName: (name: string) => void): void {
  const words = texts.finding.filter;
  const before = document.activeElement;
  const input = element('input', {
    type: 'text',
    class: 'name-input',
    'aria-label': words.saveName,
    placeholder: words.saveName,
    maxlength: String(LONGEST_NAME),
    autocomplete: 'off',
    spellcheck: 'false',
  });
  const cancel = element('button', { type: 'button', class: 'button secondary' }, words.cancel);
  const form = element(
    'form',
    { class: 'name-form' },
    input,
    element('button', { type: 'submit', class: 'button' }, words.saveButton),
    cancel,
  );
  const dialog = element('dialog', { class: 'dialog', 'aria-label': words.save }, form);
  cancel.addEventListener('click', () => dialog.close());
  dialog.addEventListener('keydown', (event) => event.stopPropagation());
  dialog.addEventListener('close', () => {
    dialog.remove();
    if (before instanceof HTMLElement) {
      before.focus();
    }
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const name = input.value.trim();
    if (name !== '') {
      dialog.close();
      onName(name);
    }
  });
  parent.append(dialog);
  dialog.showModal();
  input.focus();
}
