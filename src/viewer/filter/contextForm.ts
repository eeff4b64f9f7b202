import type { Filter } from '../../store/filter';
import { mostContextRows } from '../../store/readFilter';
import { texts } from '../../text/viewerTexts';
import { element } from '../dom';
import { openFormDialog } from '../formDialog';

type Context = NonNullable<Filter['context']>;

/** Asks how many lines are shown before and after each hit; undefined for none. */
export function askContext(
  parent: HTMLElement,
  now: Context | undefined,
  onContext: (context: Context | undefined) => void,
): void {
  const words = texts.finding.filter;
  const count = (label: string, value: number) => {
    const input = element('input', {
      type: 'number',
      class: 'form-input count-input',
      min: '0',
      max: String(mostContextRows),
      step: '1',
      required: '',
      value: String(value),
    });
    return { input, element: element('label', { class: 'form-field' }, label, input) };
  };
  const before = count(words.contextBefore, now?.before ?? 0);
  const after = count(words.contextAfter, now?.after ?? 0);
  openFormDialog(parent, {
    label: words.contextLines,
    content: [before.element, after.element],
    submitLabel: words.contextButton,
    submit() {
      // The browser has checked the range before it submits.
      const context = { before: before.input.valueAsNumber, after: after.input.valueAsNumber };
      onContext(context.before + context.after > 0 ? context : undefined);
      return true;
    },
  });
}
