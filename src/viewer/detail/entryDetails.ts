import type { LineFormat } from '../../records/formats/format';
import type { Term } from '../../store/filter';
import { texts } from '../../text/viewerTexts';
import type { HolderMessage, Row, SourceInfo } from '../../view/messages';
import type { LinkOpener } from '../rows/messageContent';
import { DetailPane } from './detailPane';

export interface EntryDetailsPorts {
  /** Asks for the entry of a row of the store; returns the number of the request. */
  askEntry(row: number): number;
  addTerm(term: Term): void;
  toggleColumn(path: string): void;
  resized(height: number): void;
  closed(): void;
  say(sentence: string): void;
}

interface Context {
  readonly formats: readonly LineFormat[];
  readonly sources: readonly SourceInfo[];
  readonly opener: LinkOpener;
}

/** Fetches whole entries and shows them in the detail pane. A later question makes an earlier one void. */
export class EntryDetails {
  readonly #ports: EntryDetailsPorts;
  readonly #pane: DetailPane;
  #context: Context = { formats: [], sources: [], opener: { openFile: null } };
  #request: number | undefined;

  constructor(ports: EntryDetailsPorts) {
    this.#ports = ports;
    this.#pane = new DetailPane({
      addTerm: (term) => ports.addTerm(term),
      toggleColumn: (path) => ports.toggleColumn(path),
      resized: (height) => ports.resized(height),
      closed: () => {
        // An answer that is still under way must not open it again.
        this.#request = undefined;
        ports.closed();
      },
      copy: (text) => void this.#copy(text),
    });
  }

  get element(): HTMLElement {
    return this.#pane.element;
  }

  get isOpen(): boolean {
    return this.#pane.isOpen;
  }

  setContext(change: Partial<Context>): void {
    this.#context = { ...this.#context, ...change };
  }

  setHeight(height: number | null): void {
    this.#pane.setHeight(height);
  }

  open(row: Row): void {
    this.#request = this.#ports.askEntry(row.row);
  }

  close(): void {
    this.#request = undefined;
    this.#pane.close();
  }

  takeEntry({ request, rows, lines }: Extract<HolderMessage, { type: 'entry' }>): void {
    if (request === this.#request) {
      const { formats, sources, opener } = this.#context;
      const sourceName = sources[rows[0]?.source ?? -1]?.name ?? '';
      this.#pane.show(rows, lines, { formats, opener, sourceName });
    }
  }

  async #copy(text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.#ports.say(texts.viewer.detail.copied);
    } catch {
      this.#ports.say(texts.viewer.rows.cannotCopy);
    }
  }
}
