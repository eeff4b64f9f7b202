import type { ConnectionStateName, ConnectionStatus } from '../client/status';
import { endTone } from '../client/streamEnd';
import { clientTexts } from '../text/client';
import { stateTexts } from '../text/states';
import type { ConnectionView, ViewerAction } from '../view/messages';

const TONES: Readonly<Record<ConnectionStateName, ConnectionView['tone']>> = {
  idle: 'off',
  connecting: 'busy',
  opening: 'busy',
  replaying: 'busy',
  live: 'live',
  suspect: 'warning',
  draining: 'busy',
  waiting: 'warning',
  dormant: 'warning',
  failed: 'error',
  closed: 'off',
};

function actionsIn(state: ConnectionStateName): readonly ViewerAction[] {
  switch (state) {
    case 'idle':
    case 'closed':
    case 'failed':
      return ['connect'];
    case 'waiting':
    case 'dormant':
      return ['reconnectNow', 'disconnect'];
    default:
      return ['disconnect'];
  }
}

/** What the page shows of its connection. */
export function pageConnectionView(status: ConnectionStatus): ConnectionView {
  const { end } = status;
  return {
    tone: end === undefined ? TONES[status.state] : endTone(end),
    label:
      end === undefined
        ? stateTexts[status.state === 'opening' ? 'connecting' : status.state]
        : clientTexts.ended.words(end),
    sentence: status.reason,
    address: status.address,
    // The page is of one server, and its title stays.
    name: null,
    retryAt: status.retryAt ?? null,
    actions: [...(status.canRunAgain ? (['runAgain'] as const) : []), ...actionsIn(status.state)],
  };
}
