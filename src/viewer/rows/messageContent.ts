import type { LinkTarget } from '../../records/links';
import { texts } from '../../text/viewerTexts';
import { element } from '../dom';
import type { Segment } from './decorate';
import { styleOnScreen } from './messageParts';

/** How links of a message are opened. */
export interface LinkOpener {
  /** Null where files cannot be opened: their positions are then text like any other. */
  readonly openFile: ((place: Extract<LinkTarget, { kind: 'file' }>) => void) | null;
  /** Links are reached by Tab; in rows they are not, or Tab would never leave the list. */
  readonly isInTabOrder?: boolean;
}

/** Puts a line into a message's element, as text and elements of text: nothing here parses HTML. */
export function renderMessage(target: HTMLElement, segments: readonly Segment[], opener: LinkOpener): void {
  const [only] = segments;
  if (segments.length === 0) {
    target.textContent = '';
    return;
  }
  if (segments.length === 1 && only?.kind === 'text' && isPlain(only)) {
    target.textContent = only.text;
    return;
  }
  target.replaceChildren(...segments.map((segment) => nodeOf(segment, opener)));
}

function isPlain({ style, marks, link }: Extract<Segment, { kind: 'text' }>): boolean {
  return marks.length === 0 && link === undefined && Object.keys(style).length === 0;
}

function nodeOf(segment: Segment, opener: LinkOpener): Node {
  if (segment.kind === 'hidden') {
    // Shown by the style sheet from the attribute, so that it is no text to select or copy.
    return element('span', { class: 'hidden-character', 'data-code': segment.code });
  }
  const made = linkElement(segment, opener);
  if (made === undefined && isPlain({ ...segment, link: undefined })) {
    return document.createTextNode(segment.text);
  }
  const node = made ?? element('span', {}, segment.text);
  const { classes, color, backgroundColor } = styleOnScreen(segment.style);
  node.classList.add(...classes, ...segment.marks);
  if (color !== undefined) {
    node.style.color = color;
  }
  if (backgroundColor !== undefined) {
    node.style.backgroundColor = backgroundColor;
  }
  return node;
}

function linkElement(
  { link, text }: Extract<Segment, { kind: 'text' }>,
  { openFile, isInTabOrder }: LinkOpener,
): HTMLElement | undefined {
  const tabindex = isInTabOrder ? '0' : '-1';
  if (link?.kind === 'url') {
    return element(
      'a',
      { class: 'log-link', href: link.href, target: '_blank', rel: 'noopener noreferrer', tabindex },
      text,
    );
  }
  if (link?.kind === 'file' && openFile !== null) {
    const made = element(
      'a',
      { class: 'log-link', role: 'link', tabindex, title: texts.viewer.rows.openFile(link.path, link.line) },
      text,
    );
    made.addEventListener('click', (event) => {
      event.preventDefault();
      openFile(link);
    });
    // Without an address it is no link to the browser, which then does not press it.
    made.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') {
        event.preventDefault();
        openFile(link);
      }
    });
    return made;
  }
  return undefined;
}
