import { texts } from '../text/viewerTexts';
import type { HolderMessage } from '../view/messages';

/** Writes a heartbeat to the console at debug level, for whoever looks for the reason of a lost connection. */
export function logHeartbeat({ kind, id, roundTripMs }: Extract<HolderMessage, { type: 'heartbeat' }>): void {
  const words = kind === 'sent' ? texts.viewer.console.heartbeatSent : texts.viewer.console.heartbeatAnswered;
  console.debug(roundTripMs === undefined ? `${words} (${id})` : `${words} (${id}, ${Math.round(roundTripMs)} ms)`);
}
