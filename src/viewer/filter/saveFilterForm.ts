import { texts } from '../../text/viewerTexts';
import { element } from '../dom';
import { openFormDialog } from '../formDialog';

/** Longer names are none. */
const LONGEST_NAME = 100;

/** Asks for the name under which the filter is kept. */
export function askFilterName(parent: HTMLElement, onName: (name: string) => void): void {
  const words = texts.finding.filter;
  const input = element('input', {
    type: 'text',
    class: 'form-input name-input',
    'aria-label': words.saveName,
    placeholder: words.saveName,
    maxlength: String(LONGEST_NAME),
    autocomplete: 'off',
    spellcheck: 'false',
  });
  openFormDialog(parent, {
    label: words.save,
    content: [input],
    submitLabel: words.saveButton,
    submit() {
      const name = input.value.trim();
      if (name !== '') {
        onName(name);
      }
      return name !== '';
    },
  });
}
