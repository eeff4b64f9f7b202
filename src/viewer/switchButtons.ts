import { texts } from '../text/viewerTexts';
import { iconButton } from './dom';
import type { Switches } from './filter/filterTerms';

export type Switch = keyof Switches;

/** The three switches of a text that is looked for, as in the editor: case, whole word, regular expression. */
export class SwitchButtons {
  readonly elements: readonly HTMLButtonElement[];
  readonly #buttons: readonly (readonly [Switch, HTMLButtonElement])[];

  constructor(onToggle: (name: Switch) => void) {
    const words = texts.viewer.toolbar;
    const icons = { caseSensitive: 'case-sensitive', wholeWord: 'whole-word', regularExpression: 'regex' };
    this.#buttons = (Object.keys(icons) as Switch[]).map((name) => [
      name,
      iconButton(icons[name], words[name], () => onToggle(name), 'switch'),
    ]);
    this.elements = this.#buttons.map(([, button]) => button);
  }

  show(switches: Switches): void {
    for (const [name, button] of this.#buttons) {
      button.setAttribute('aria-pressed', String(switches[name] === true));
    }
  }
}
