/** What {@link element} gives a new element besides its children. */
interface ElementOptions {
  readonly className?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly text?: string;
}

/** Makes an element. Text goes in as text; nothing here ever parses HTML. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  { className, attributes = {}, text }: ElementOptions = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (className !== undefined) {
    made.className = className;
  }
  for (const [name, value] of Object.entries(attributes)) {
    made.setAttribute(name, value);
  }
  if (text !== undefined) {
    made.textContent = text;
  }
  made.append(...children);
  return made;
}

/** An icon of the codicon font, invisible to screen readers. */
export function icon(name: string): HTMLElement {
  return element('span', { className: `codicon codicon-${name}`, attributes: { 'aria-hidden': 'true' } });
}

/** Sets the text only where it differs: an unchanged node costs no layout and announces nothing. */
export function setText(node: Element, text: string): void {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

export function setAttribute(node: Element, name: string, value: string): void {
  if (node.getAttribute(name) !== value) {
    node.setAttribute(name, value);
  }
}
