/** What the state of a connection is called, in the panel and in the page. */
export const stateTexts = {
  idle: 'Not connected',
  connecting: 'Connecting',
  replaying: 'Catching up',
  live: 'Live',
  suspect: 'Checking',
  draining: 'Disconnecting',
  waiting: 'Reconnecting',
  dormant: 'Disconnected',
  failed: 'Failed',
  closed: 'Ended',
};
