import { texts } from '../text/viewerTexts';
import { ViewerApp } from './app';
import { PageStream } from './pageStream';
import { exchangeTicket, takeTicket, tellNotLetIn } from './pageTicket';
import { askForToken, closeTokenDialogs } from './pageToken';

const ticket = takeTicket(window.location, window.history);
const stream = new PageStream(window.location, window.sessionStorage);
new ViewerApp(stream.host, document.body, stream.patterns);
stream.onTokenWanted((wrong) => {
  void askForToken(document.body, wrong).then((token) => stream.connectWith(token, 'typed'));
});
stream.onLetIn(() => closeTokenDialogs(document.body));
stream.onTicketWanted(() => tellNotLetIn(document.body, texts.viewer.page.ticketOver));

/** Lets the page in with a ticket; one that was let in before needs none. */
async function enterWith(shown: string): Promise<void> {
  const exchanged = await exchangeTicket(shown, window.location.href);
  if (exchanged.kind === 'token') {
    stream.connectWith(exchanged.token, 'ticket');
  } else if (stream.hasToken) {
    stream.connect();
  } else {
    tellNotLetIn(document.body, exchanged.sentence);
  }
}

if (ticket === undefined) {
  stream.connect();
} else {
  void enterWith(ticket);
}
// A new link opened in this very tab loads nothing, since only what is behind the # differs.
window.addEventListener('hashchange', () => {
  const next = takeTicket(window.location, window.history);
  if (next !== undefined) {
    void enterWith(next);
  }
});
