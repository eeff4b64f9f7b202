import { texts } from '../text/viewerTexts';
import { element } from './dom';

export interface FormDialog {
  /** What it asks for, for screen readers. */
  readonly label: string;
  readonly content: readonly HTMLElement[];
  /** On the button that takes what was entered. */
  readonly submitLabel: string;
  /** Takes what was entered; false where that is nothing yet, and the dialog stays. */
  submit(): boolean;
}

/** Opens a small form over everything; Escape and "Cancel" close it. The focus goes back to where it was. */
export function openFormDialog(parent: HTMLElement, { label, content, submitLabel, submit }: FormDialog): void {
  const before = document.activeElement;
  const cancel = element('button', { type: 'button', class: 'button secondary' }, texts.finding.filter.cancel);
  const form = element(
    'form',
    { class: 'dialog-form' },
    ...content,
    element('button', { type: 'submit', class: 'button' }, submitLabel),
    cancel,
  );
  const dialog = element('dialog', { class: 'dialog', 'aria-label': label }, form);
  cancel.addEventListener('click', () => dialog.close());
  // The viewer's keys are not meant.
  dialog.addEventListener('keydown', (event) => event.stopPropagation());
  dialog.addEventListener('close', () => {
    dialog.remove();
    if (before instanceof HTMLElement) {
      before.focus();
    }
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (submit()) {
      dialog.close();
    }
  });
  parent.append(dialog);
  dialog.showModal();
  form.querySelector('input')?.focus();
}
