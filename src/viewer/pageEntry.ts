import { ViewerApp } from './app';
import { PageStream } from './pageStream';
import { askForToken } from './pageToken';

const stream = new PageStream(window.location, window.sessionStorage);
new ViewerApp(stream.host, document.body);
stream.onTokenWanted((wrong) => {
  void askForToken(document.body, wrong).then((token) => stream.connectWith(token));
});
stream.connect();
