import { SESSION_PATH } from '../protocol/version';
import { texts } from '../text/viewerTexts';
import { element } from './dom';

/** What came of a ticket: a token for this page, or a sentence that says why not. */
export type Exchanged =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'refused'; readonly sentence: string };

/**
 * The ticket that the page was opened with, taken out of its address at once, so that it is neither seen,
 * nor copied, nor kept in the browser's history; undefined where there is none.
 */
export function takeTicket(
  { hash, pathname, search }: Pick<Location, 'hash' | 'pathname' | 'search'>,
  history: Pick<History, 'state' | 'replaceState'>,
): string | undefined {
  // Whoever opens an address may have written the equals sign in its encoded form.
  const ticket = /^#ticket(?:=|%3D)(.*)$/i.exec(hash)?.[1];
  if (ticket !== undefined) {
    history.replaceState(history.state, '', pathname + search);
  }
  return ticket;
}

/** Shows the ticket to the server that this page came from, in exchange for a token. Never rejects. */
export async function exchangeTicket(ticket: string, page: string, send: typeof fetch = fetch): Promise<Exchanged> {
  const words = texts.viewer.page;
  try {
    const response = await send(new URL(`.${SESSION_PATH}`, page), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ ticket }),
      credentials: 'same-origin',
      redirect: 'error',
      cache: 'no-store',
    });
    if (!response.ok) {
      // 400: what stood there was cut; 429: others try tickets. No right ticket gets either.
      const isOurs = response.status === 403 || response.status === 400 || response.status === 429;
      return { kind: 'refused', sentence: isOurs ? words.ticketSpent : words.ticketNoAnswer };
    }
    const { token } = (await response.json()) as { readonly token?: unknown };
    return typeof token === 'string' ? { kind: 'token', token } : { kind: 'refused', sentence: words.ticketNoAnswer };
  } catch {
    return { kind: 'refused', sentence: words.ticketNoAnswer };
  }
}

/** Says over the page why it cannot get in. */
export function tellNotLetIn(parent: HTMLElement, sentence: string): void {
  const { ticketTitle, ticketClose } = texts.viewer.page;
  const button = element('button', { type: 'submit', class: 'button' }, ticketClose);
  const form = element(
    'form',
    { method: 'dialog' },
    element('h1', {}, ticketTitle),
    element('p', { id: 'ticket-sentence' }, sentence),
    button,
  );
  const dialog = element(
    'dialog',
    { class: 'token-dialog ticket-dialog', 'aria-label': ticketTitle, 'aria-describedby': 'ticket-sentence' },
    form,
  );
  // One at a time: the newest says how it is.
  parent.querySelector('.ticket-dialog')?.remove();
  parent.append(dialog);
  dialog.showModal();
  button.focus();
  form.addEventListener('submit', (event) => {
    // Not by the form itself: the page's policy allows it no target.
    event.preventDefault();
    dialog.remove();
  });
  dialog.addEventListener('cancel', () => dialog.remove());
}
