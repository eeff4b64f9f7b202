/** Makes an element. Text goes in as text; nothing here ever parses HTML. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** An icon of the codicon font, invisible to screen readers. */
export function icon(name: string): HTMLElement {
  return element('span', { class: `codicon codicon-${name}`, 'aria-hidden': 'true' });
}

/** A button that shows only an icon; `label` is its name and its tooltip. */
export function iconButton(iconName: string, label: string, onClick: () => void, className = ''): HTMLButtonElement {
  const button = element(
    'button',
    { type: 'button', class: `icon-button ${className}`.trim(), 'aria-label': label, title: label },
    icon(iconName),
  );
  button.addEventListener('click', onClick);
  return button;
}

/** Sets the text only where it differs: an unchanged node costs no layout and announces nothing. */
export function setText(node: Element, text: string): void {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}
