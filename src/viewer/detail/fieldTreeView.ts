import { fieldAt, formatValue } from '../../records/fieldPath';
import type { Fields } from '../../records/parsedLine';
import type { Term } from '../../store/filter';
import { texts } from '../../text/viewerTexts';
import { element, iconButton } from '../dom';
import { nameOfKey } from '../keyboard';
import { type FieldNode, fieldTree } from './fieldTree';

export interface FieldTreeEvents {
  /** Filters by a field, or against it. */
  addTerm(term: Term): void;
  copy(text: string): void;
  /** Shows a field as a column, or no longer. */
  toggleColumn(path: string): void;
}

/** Shown from the beginning; what would make more of them waits closed. */
const MOST_OPENED = 200;
/** Passed over by Page Up and Page Down. */
const PAGE_ITEMS = 10;

/** An item of the tree: a field, or the one that stands for those not shown yet. */
interface Item {
  /** Holds the item and, below it, the fields within. */
  readonly holder: HTMLElement;
  readonly element: HTMLElement;
  readonly buttons: readonly HTMLButtonElement[];
  readonly parent: Branch;
  /** Enter, Space and a click. */
  press(): void;
  /** Its fields, if it has any. */
  readonly branch: Branch | undefined;
}

/** Fields of one object, as far as they are shown. */
interface Branch {
  readonly group: HTMLElement;
  /** Whose fields they are; undefined at the top. */
  readonly owner: () => Item | undefined;
  readonly level: number;
  readonly count: number;
  readonly isList: boolean;
  readonly nodesFrom: (start: number) => readonly FieldNode[];
  items: Item[];
  isOpen: boolean;
}

/**
 * The fields of an entry as a tree that keys move in as in VS Code's own: one stop of Tab, arrows,
 * Home and End. What can be done with a field stands behind it: Enter or Tab leads there, arrows
 * from one button to the next. Fields within others are made when they are shown.
 */
export class FieldTreeView {
  readonly element: HTMLElement;
  readonly #events: FieldTreeEvents;
  readonly #fields: Fields;
  readonly #top: Branch;
  readonly #items = new WeakMap<Element, Item>();
  #active: Item | undefined;

  constructor(fields: Fields, events: FieldTreeEvents) {
    this.#events = events;
    this.#fields = fields;
    this.element = element('ul', { class: 'field-list', role: 'tree', 'aria-label': texts.viewer.detail.fields });
    this.#top = {
      group: this.element,
      owner: () => undefined,
      level: 1,
      count: Object.keys(fields).length,
      isList: false,
      nodesFrom: (start) => fieldTree(fields, start),
      items: [],
      isOpen: true,
    };
    this.#addItems(this.#top);
    this.#openWhatFits();
    this.#activate(this.#top.items[0]);
    this.element.addEventListener('keydown', (event) => this.#key(event));
    this.element.addEventListener('click', (event) => this.#click(event));
    this.element.addEventListener('focusin', ({ target }) => this.#activate(this.#itemOf(target)));
  }

  // --- what it is made of ---------------------------------------------------------------------------

  /** Level by level, so that what is far within one field does not close its neighbours. */
  #openWhatFits(): void {
    let left = MOST_OPENED - this.#top.items.length;
    const waiting = [...this.#top.items];
    for (let item = waiting.shift(); item; item = waiting.shift()) {
      if (item.branch && item.branch.count <= left) {
        this.#setOpen(item, true);
        left -= item.branch.count;
        waiting.push(...item.branch.items);
      }
    }
  }

  /** Shows the next fields of a branch, and behind them an item that says how many more there are. */
  #addItems(branch: Branch): void {
    const start = branch.items.length;
    const added = branch.nodesFrom(start).map((node) => this.#field(node, branch));
    const left = branch.count - start - added.length;
    branch.items = [...branch.items, ...added, ...(left > 0 ? [this.#more(left, branch)] : [])];
    branch.group.append(...branch.items.slice(start).map((item) => item.holder));
  }

  #field(node: FieldNode, parent: Branch): Item {
    const buttons = this.#buttons(node);
    const isList = Array.isArray(node.value);
    const text = formatValue(node.value);
    const said = node.count > 0 ? texts.viewer.detail.fieldCount(node.count, isList) : text;
    const made = itemElement(
      parent,
      'field',
      `${node.name}: ${said}`,
      element('span', { class: 'field-twistie codicon', 'aria-hidden': 'true' }),
      element('span', { class: 'field-name' }, node.name),
      ' ',
      element('span', { class: node.count > 0 ? 'field-count' : `field-value field-${typeof node.value}` }, said),
      element('span', { class: 'field-buttons' }, ...buttons),
    );
    const branch: Branch | undefined =
      node.count === 0
        ? undefined
        : {
            group: element('ul', { role: 'group' }),
            owner: () => item,
            level: parent.level + 1,
            count: node.count,
            isList,
            nodesFrom: (start) => node.childrenFrom(start),
            items: [],
            isOpen: false,
          };
    const item: Item = {
      holder: element('li', { role: 'none' }, made),
      element: made,
      buttons,
      parent,
      press: () => (branch ? this.#setOpen(item, !branch.isOpen) : buttons[0]?.focus()),
      branch,
    };
    if (branch) {
      this.#setOpen(item, false);
    }
    this.#items.set(item.element, item);
    return item;
  }

  #more(count: number, parent: Branch): Item {
    const words = texts.viewer.detail.moreFields(count, parent.isList);
    const made = itemElement(parent, 'field field-more', words, words);
    const item: Item = {
      holder: element('li', { role: 'none' }, made),
      element: made,
      buttons: [],
      parent,
      press: () => {
        const at = parent.items.indexOf(item);
        parent.items = parent.items.slice(0, at);
        item.holder.remove();
        this.#addItems(parent);
        this.#focus(parent.items[at]);
      },
      branch: undefined,
    };
    this.#items.set(item.element, item);
    return item;
  }

  #buttons({ path, value, count }: FieldNode): HTMLButtonElement[] {
    const words = texts.viewer.detail;
    const text = formatValue(value);
    const term = (exclude: boolean) => () =>
      this.#events.addTerm({ kind: 'field', field: path, operator: '=', value: text, ...(exclude ? { exclude } : {}) });
    // What no condition can name, such as an item of a list, is only there to be read and copied.
    const canFilter = count === 0 && fieldAt(this.#fields, path) === value;
    const filters = !canFilter
      ? []
      : [
          iconButton('filter', words.filterFor(path), term(false)),
          iconButton('circle-slash', words.filterOut(path), term(true)),
          iconButton('split-horizontal', words.column(path), () => this.#events.toggleColumn(path)),
        ];
    const buttons = [
      ...filters,
      iconButton('copy', words.copyValue(path), () => this.#events.copy(text)),
      iconButton('symbol-key', words.copyPath(path), () => this.#events.copy(path)),
    ];
    for (const button of buttons) {
      button.tabIndex = -1;
    }
    return buttons;
  }

  #setOpen(item: Item, isOpen: boolean): void {
    const { branch, element: made, holder } = item;
    if (!branch) {
      return;
    }
    branch.isOpen = isOpen;
    if (isOpen && branch.items.length === 0) {
      this.#addItems(branch);
    }
    made.setAttribute('aria-expanded', String(isOpen));
    made.firstElementChild?.classList.toggle('codicon-chevron-down', isOpen);
    made.firstElementChild?.classList.toggle('codicon-chevron-right', !isOpen);
    if (isOpen) {
      holder.append(branch.group);
    } else {
      branch.group.remove();
    }
  }

  // --- what a person does ---------------------------------------------------------------------------

  #itemOf(target: EventTarget | null): Item | undefined {
    const found = target instanceof Element ? target.closest('[role="treeitem"]') : null;
    return found ? this.#items.get(found) : undefined;
  }

  /** Makes an item, and the first of its buttons, those that Tab stops at. */
  #activate(item: Item | undefined): void {
    if (item === undefined || item === this.#active) {
      return;
    }
    for (const [each, tabIndex] of [
      [this.#active, -1],
      [item, 0],
    ] as const) {
      for (const node of each ? [each.element, ...each.buttons.slice(0, 1)] : []) {
        node.tabIndex = tabIndex;
      }
    }
    this.#active = item;
  }

  #focus(item: Item | undefined): void {
    item?.element.focus({ preventScroll: true });
    item?.element.scrollIntoView({ block: 'nearest' });
  }

  #click(event: MouseEvent): void {
    const item = this.#itemOf(event.target);
    const isButton = event.target instanceof Element && event.target.closest('button') !== null;
    if (!item || isButton) {
      return;
    }
    // A click on a plain value only takes the focus: somebody may be about to select text.
    this.#focus(item);
    if (item.branch || item.buttons.length === 0) {
      item.press();
    }
  }

  #key(event: KeyboardEvent): void {
    const item = this.#itemOf(event.target);
    const button = event.target instanceof HTMLButtonElement ? event.target : undefined;
    const isHandled =
      item !== undefined && (button ? this.#buttonKey(item, button, event) : this.#itemKey(item, event));
    if (isHandled) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  /** Says whether the key means something here. */
  #itemKey(item: Item, event: KeyboardEvent): boolean {
    const { branch } = item;
    switch (nameOfKey(event)) {
      case 'ArrowRight':
        if (branch?.isOpen) {
          this.#focus(branch.items[0]);
        } else {
          this.#setOpen(item, true);
        }
        return true;
      case 'ArrowLeft':
        if (branch?.isOpen) {
          this.#setOpen(item, false);
        } else {
          this.#focus(item.parent.owner());
        }
        return true;
      case 'Enter':
      case ' ':
        item.press();
        return true;
      case 'Ctrl+c':
        return this.#copyValue(item);
    }
    return this.#moveKey(item, event);
  }

  #buttonKey(item: Item, button: HTMLButtonElement, event: KeyboardEvent): boolean {
    const at = item.buttons.indexOf(button);
    switch (nameOfKey(event)) {
      case 'ArrowRight':
        item.buttons[at + 1]?.focus();
        return true;
      case 'ArrowLeft':
        if (at > 0) {
          item.buttons[at - 1]?.focus();
        } else {
          this.#focus(item);
        }
        return true;
      case 'Enter':
      case ' ':
        // The button's own; nothing else may take it.
        event.stopPropagation();
        return false;
    }
    return this.#moveKey(item, event);
  }

  #moveKey(item: Item, event: KeyboardEvent): boolean {
    const shown = shownItems(this.#top);
    const last = shown.length - 1;
    const at = shown.indexOf(item);
    const next = (
      {
        ArrowUp: at - 1,
        ArrowDown: at + 1,
        PageUp: at - PAGE_ITEMS,
        PageDown: at + PAGE_ITEMS,
        Home: 0,
        End: last,
      } as Partial<Record<string, number>>
    )[nameOfKey(event)];
    if (next === undefined) {
      return false;
    }
    this.#focus(shown[Math.min(Math.max(next, 0), last)]);
    return true;
  }

  /** Copies as a tree of VS Code does, unless there is text selected, which is what is meant then. */
  #copyValue(item: Item): boolean {
    const copy = item.buttons.at(-2);
    if (!copy || document.getSelection()?.isCollapsed === false) {
      return false;
    }
    copy.click();
    return true;
  }
}

/** Said as a whole: its text alone would have the names of its buttons in it. */
function itemElement(parent: Branch, className: string, label: string, ...contents: (Node | string)[]): HTMLElement {
  return element(
    'div',
    { class: className, role: 'treeitem', tabindex: '-1', 'aria-level': String(parent.level), 'aria-label': label },
    ...contents,
  );
}

/** The items that can be seen, from top to bottom. */
function shownItems(branch: Branch): Item[] {
  return branch.items.flatMap((item) => [item, ...(item.branch?.isOpen ? shownItems(item.branch) : [])]);
}
