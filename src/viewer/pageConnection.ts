import type { ConnectionStateName, ConnectionStatus } from '../client/status';
import { texts } from '../text/texts';
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
  return {
    tone: TONES[status.state],
    label: texts.extension.states[status.state === 'opening' ? 'connecting' : status.state],
    sentence: status.reason,
    address: status.address,
    retryAt: status.retryAt ?? null,
    actions: actionsIn(status.state),
  };
}
