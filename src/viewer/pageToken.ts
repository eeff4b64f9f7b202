import { texts } from '../text/viewerTexts';
import { element } from './dom';

/** Asks for the server's token in a dialog over the page; settles with what was typed. */
export function askForToken(parent: HTMLElement, wrong: boolean): Promise<string> {
  const words = texts.viewer.page;
  const input = element('input', {
    type: 'password',
    id: 'token',
    class: 'text-input',
    autocomplete: 'off',
    required: '',
    'aria-describedby': 'token-hint',
  });
  const form = element(
    'form',
    { method: 'dialog' },
    element('h1', {}, words.tokenTitle),
    element('p', { id: 'token-hint' }, wrong ? words.tokenWrong : words.tokenHint),
    element('label', { for: 'token' }, words.tokenLabel),
    input,
    element('button', { type: 'submit', class: 'button' }, words.tokenSubmit),
  );
  const dialog = element('dialog', { class: 'token-dialog', 'aria-label': words.tokenTitle }, form);
  parent.append(dialog);
  dialog.showModal();
  input.focus();
  return new Promise((settle) => {
    form.addEventListener('submit', (event) => {
      // Not by the form itself: the page's policy allows it no target.
      event.preventDefault();
      dialog.close();
      dialog.remove();
      settle(input.value);
    });
    // Without a token there is nothing to see; the page's Connect button asks again.
    dialog.addEventListener('cancel', () => dialog.remove());
  });
}

/** Takes away what stands over the page because it was not let in: meanwhile it was. */
export function closeTokenDialogs(parent: HTMLElement): void {
  for (const dialog of parent.querySelectorAll<HTMLDialogElement>('.token-dialog')) {
    // Closed first, which gives the focus back to where it was.
    dialog.close();
    dialog.remove();
  }
}
