import { systemClock } from '../base/clock';
import { Emitter } from '../base/emitter';
import { PatternMatching } from '../records/patternMatching';
import type { HolderMessage } from '../view/messages';
import type { ViewerHost } from '../view/viewerHost';
import { ViewerApp } from './app';
import { openPatternWorker } from './patternWorker';

/** What VS Code gives a webview. */
interface WebviewApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): WebviewApi;

const api = acquireVsCodeApi();
const messages = new Emitter<HolderMessage>();
// Only VS Code's own window can reach this one: a webview is an origin of its own.
window.addEventListener('message', (event) => messages.fire(event.data as HolderMessage));

const host: ViewerHost = {
  canOpenFiles: true,
  post: (message) => api.postMessage(message),
  onMessage: messages.event,
  loadState: () => api.getState(),
  saveState: (state) => api.setState(state),
};

new ViewerApp(host, document.body, new PatternMatching(openPatternWorker, systemClock));
