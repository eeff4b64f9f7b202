import { element } from '../dom';
import { messageParts, styleOnScreen } from './messageParts';

/** Puts a line into a message's element, as text and spans of text. */
export function renderMessage(target: HTMLElement, text: string): void {
  const parts = messageParts(text);
  const only = parts.length === 1 ? parts[0] : undefined;
  if (parts.length === 0) {
    target.textContent = '';
    return;
  }
  if (only?.kind === 'text' && Object.keys(only.style).length === 0) {
    target.textContent = only.text;
    return;
  }
  target.replaceChildren(
    ...parts.map((part) => {
      if (part.kind === 'hidden') {
        // Shown by the style sheet from the attribute, so that it is no text to select or copy.
        return element('span', { class: 'hidden-character', 'data-code': part.code });
      }
      const { classes, color, backgroundColor } = styleOnScreen(part.style);
      if (classes.length === 0 && color === undefined && backgroundColor === undefined) {
        return document.createTextNode(part.text);
      }
      const span = element('span', { class: classes.join(' ') }, part.text);
      if (color !== undefined) {
        span.style.color = color;
      }
      if (backgroundColor !== undefined) {
        span.style.backgroundColor = backgroundColor;
      }
      return span;
    }),
  );
}
