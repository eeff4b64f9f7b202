import assert from 'node:assert/strict';
import type { ConnectionStateName, ConnectionStatus } from '../../../src/client/status';
import { COMMAND_IDS } from '../../../src/extension/commands';
import { presentConnection, presentStatus, type StreamSnapshot } from '../../../src/extension/statusPresentation';

const now = Date.UTC(2026, 0, 1, 12);
const formatTime = (ms: number) => new Date(ms).toISOString().slice(11, 19);

function snapshot(
  state: ConnectionStateName,
  more: Partial<ConnectionStatus> = {},
  linesPerSecond = 0,
): StreamSnapshot {
  return {
    name: 'web',
    linesPerSecond,
    metrics: { linesReceived: 12_345, bytesReceived: 1_000_000 },
    status: {
      state,
      reason: 'Because.',
      since: now - 83_000,
      attempt: 0,
      address: 'ws://localhost:8000/ws',
      ...more,
    },
  };
}

function present(given: StreamSnapshot | undefined) {
  return presentStatus(given, now, formatTime);
}

const texts: [shown: StreamSnapshot | undefined, text: string][] = [
  [undefined, '$(circle-outline) Log Stream'],
  [snapshot('idle'), '$(circle-outline) Log Stream'],
  [snapshot('connecting'), '$(sync~spin) Connecting…'],
  [
    snapshot('connecting', { attempt: 3, lastDisconnect: { at: now, reason: 'x' } }),
    '$(sync~spin) Reconnecting… (attempt 3)',
  ],
  [snapshot('opening'), '$(sync~spin) Connecting…'],
  [snapshot('replaying'), '$(sync~spin) Catching up…'],
  [snapshot('live'), '$(pulse) Live'],
  [snapshot('live', {}, 950), '$(pulse) Live 950 lines/s'],
  [snapshot('live', {}, 1234), '$(pulse) Live 1.2k lines/s'],
  [snapshot('live', {}, 49_812), '$(pulse) Live 50k lines/s'],
  [snapshot('live', {}, 1_250_000), '$(pulse) Live 1.3M lines/s'],
  [snapshot('suspect'), '$(sync~spin) Checking connection…'],
  [snapshot('draining'), '$(sync~spin) Disconnecting…'],
  [snapshot('waiting', { attempt: 3, retryAt: now + 3100 }), '$(sync~spin) Disconnected, retry in 4 s (attempt 3)'],
  [snapshot('waiting', { attempt: 0, retryAt: now - 10 }), '$(sync~spin) Disconnected, retry in 0 s'],
  [snapshot('dormant', { retryAt: now + 300_000 }), '$(debug-disconnect) Disconnected, click to reconnect'],
  [snapshot('failed'), '$(error) Log stream failed'],
  [snapshot('closed'), '$(debug-disconnect) Log stream not connected'],
];

describe('the status bar', () => {
  for (const [shown, text] of texts) {
    it(`says “${text}” when ${shown?.status.state ?? 'nothing is open'}`, () => {
      assert.equal(present(shown).text, text);
    });
  }

  it('counts down to the next attempt', () => {
    const shown = snapshot('waiting', { attempt: 1, retryAt: now + 3000 });
    const seconds = [0, 1000, 2000].map(
      (passed) => presentStatus(shown, now + passed, formatTime).text.match(/\d+/)?.[0],
    );
    assert.deepEqual(seconds, ['3', '2', '1']);
  });

  it('shows an error colour when failed, a warning when dormant and none otherwise', () => {
    assert.equal(present(snapshot('failed')).severity, 'error');
    assert.equal(present(snapshot('dormant')).severity, 'warning');
    assert.equal(present(snapshot('waiting')).severity, 'none');
    assert.equal(present(snapshot('live')).severity, 'none');
  });

  it('gives a screen reader a sentence without icons in every state', () => {
    for (const [shown] of texts) {
      const { accessibleLabel } = present(shown);
      assert.doesNotMatch(accessibleLabel, /\$\(/);
      assert.match(accessibleLabel, /^Log stream.*\.$/);
    }
  });

  it('offers what fits the state, most useful first, always with a label', () => {
    const first = (shown: StreamSnapshot | undefined) => present(shown).actions[0]?.command;
    assert.equal(first(undefined), 'logStream.connect');
    assert.equal(first(snapshot('live')), 'logStream.openPanel');
    assert.equal(first(snapshot('waiting')), 'logStream.reconnectNow');
    assert.equal(first(snapshot('dormant')), 'logStream.reconnectNow');
    assert.equal(first(snapshot('failed')), 'logStream.reconnectNow');
    for (const [shown] of texts) {
      for (const { command, label } of present(shown).actions) {
        assert.ok(COMMAND_IDS.includes(command));
        assert.match(label, /^\$\([a-z-]+\) /);
      }
    }
  });

  for (const offered of ['logStream.stopServer', 'logStream.openInBrowser']) {
    it(`offers ${offered} only while a server runs`, () => {
      const offers = (shown: StreamSnapshot) => present(shown).actions.some(({ command }) => command === offered);
      assert.equal(offers(snapshot('live')), false);
      assert.equal(offers({ ...snapshot('live'), server: 'app.log' }), true);
    });
  }
});

describe('a command that has ended', () => {
  const ended = (code: number, canRunAgain = true) =>
    snapshot('live', {
      reason: `“web” ended with exit code ${code}; its lines stay.`,
      end: { name: 'web', exit: { code } },
      ...(canRunAgain ? { canRunAgain: true } : {}),
    });

  it('says so with its exit code, as a warning unless that is 0', () => {
    assert.equal(present(ended(3)).text, '$(warning) Ended, exit code 3');
    assert.equal(present(ended(3)).severity, 'warning');
    assert.equal(present(ended(0)).text, '$(stop-circle) Ended, exit code 0');
    assert.equal(present(ended(0)).severity, 'none');
    const { tone, label, sentence } = presentConnection(ended(3));
    assert.deepEqual(
      [tone, label, sentence],
      ['warning', 'Ended, exit code 3', '“web” ended with exit code 3; its lines stay.'],
    );
    assert.equal(presentConnection(ended(0)).tone, 'ended');
    assert.equal(present(ended(3)).accessibleLabel, 'Log stream: “web” ended with exit code 3; its lines stay.');
    assert.equal(present(ended(3)).sentence, '“web” ended with exit code 3; its lines stay.');
  });

  it('is offered to run again first, where that may be, and the connection can still be ended', () => {
    const commands = (shown: StreamSnapshot) => present(shown).actions.map(({ command }) => command);
    assert.equal(commands(ended(3))[0], 'logStream.runAgain');
    assert.equal(commands(ended(3, false))[0], 'logStream.openPanel');
    for (const command of ['logStream.disconnect', 'logStream.showReport'] as const) {
      assert.ok(commands(ended(3)).includes(command));
    }
    assert.deepEqual(presentConnection(ended(3)).actions.slice(0, 2), ['runAgain', 'disconnect']);
  });

  it('is offered to run again beside a source that lives on', () => {
    assert.equal(present(snapshot('live', { canRunAgain: true })).text, '$(pulse) Live');
    assert.equal(present(snapshot('live', { canRunAgain: true })).actions[0]?.command, 'logStream.runAgain');
  });

  it('is not shown while the connection is away', () => {
    assert.match(present(snapshot('waiting', { retryAt: now })).text, /Disconnected/);
  });
});

describe('the tooltip', () => {
  it('says an address that is the name only in the table and the sentence', () => {
    const address = 'ws://localhost:8000/ws';
    const shown = snapshot('waiting', { reason: `${address} does not answer.` });
    assert.doesNotMatch(present({ ...shown, name: address }).tooltip, /\*\*/);
    assert.match(present(shown).tooltip, /^\*\*web\*\* – /);
  });

  it('tells address, since when, round trip, heartbeat and its origin, lines and the last disconnect', () => {
    const given = snapshot(
      'live',
      {
        heartbeatMs: 9000,
        heartbeatOrigin: 'as the server states',
        lastDisconnect: { at: now - 90_000, reason: 'The server was restarted.' },
      },
      1234,
    );
    const { tooltip } = present({ ...given, metrics: { ...given.metrics, roundTripMs: 1.6 } });
    assert.match(tooltip, /\| Address \| `ws:\/\/localhost:8000\/ws` \|/);
    assert.match(tooltip, /\| Since \| 11:58:37 \\?\(1 min 23 s\\?\) \|/);
    assert.match(tooltip, /\| Round trip \| 2 ms \|/);
    assert.match(tooltip, /\| Heartbeat \| every 9 s, as the server states \|/);
    assert.match(tooltip, /\| Lines received \| 12,345 \(1\.2k per second\) \|/);
    assert.match(tooltip, /\| Last disconnect \| 11:58:30: The server was restarted\. \|/);
  });

  it('leaves out what is not known', () => {
    assert.doesNotMatch(present(snapshot('connecting')).tooltip, /Round trip|Heartbeat|Last disconnect/);
  });

  it('keeps what a server says as text', () => {
    const { tooltip } = present(snapshot('failed', { reason: '[click](command:evil) <b> | $(zap) \n# head' }));
    assert.ok(tooltip.includes('\\[click\\]\\(command:evil\\) &lt;b> \\| \\$\\(zap\\) \\# head'));
  });
});

describe('the connection in the panel', () => {
  it('says the sentence of the connection itself', () => {
    assert.deepEqual(presentConnection(snapshot('live')), {
      tone: 'live',
      label: 'Live',
      sentence: 'Because.',
      address: 'ws://localhost:8000/ws',
      name: 'web',
      retryAt: null,
      actions: ['showOutput', 'disconnect', 'clear', 'showReport'],
    });
  });

  it('says when the next attempt is made and why it waits', () => {
    const view = presentConnection(snapshot('waiting', { retryAt: now + 3000, reason: 'The server is gone.' }));
    assert.equal(view.tone, 'warning');
    assert.equal(view.retryAt, now + 3000);
    assert.equal(view.sentence, 'The server is gone.');
    assert.equal(view.actions[0], 'reconnectNow');
  });

  it('offers to connect while nothing is open', () => {
    assert.deepEqual(presentConnection(undefined).actions, ['connect', 'startServer']);
  });
});
