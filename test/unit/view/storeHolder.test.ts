import assert from 'node:assert/strict';
import type { SourceState } from '../../../src/protocol/messages';
import { LogIntake } from '../../../src/view/logIntake';
import type { ConnectionView, ExtentMessage, HolderMessage } from '../../../src/view/messages';
import { StoreHolder } from '../../../src/view/storeHolder';
import { ToldSources } from '../../../src/view/toldSources';
import { NO_VIEWER_SETTINGS } from '../../../src/view/viewerSettings';
import { FakeClock } from '../../support/fakeClock';

const encoder = new TextEncoder();
const connection: ConnectionView = {
  tone: 'live',
  label: 'Live',
  sentence: 'Live.',
  address: 'ws://x',
  name: null,
  retryAt: null,
  actions: ['disconnect'],
};

function setUp() {
  const clock = new FakeClock();
  const intake = new LogIntake(64 * 1024 * 1024, clock);
  const told: HolderMessage[] = [];
  const asked: number[] = [];
  const actions: string[] = [];
  const holder = new StoreHolder({
    intake,
    clock,
    post: (message) => told.push(message),
    connection,
    onAction: (action) => actions.push(action),
    onHistory: (lines) => asked.push(lines),
  });
  let seq = 0;
  const add = (...lines: string[]) => {
    const bytes = encoder.encode(lines.map((line) => `${line}\n`).join(''));
    intake.takeLines({ source: 's', epoch: 'e', seq, count: lines.length, receivedAt: 5, cursor: null, bytes });
    seq += lines.length;
  };
  const extents = () => told.filter((message): message is ExtentMessage => message.type === 'extent');
  const start = (filter = {}) => {
    holder.receive({ type: 'filter', generation: 1, filter });
    holder.receive({ type: 'ready' });
    clock.advance(100);
  };
  return { clock, intake, told, asked, actions, holder, add, extents, start };
}

describe('whoever holds a store', () => {
  it('says nothing before the viewer is there, and then everything', () => {
    const { told, add, start, clock, intake } = setUp();
    add('one');
    intake.takeEvent({ type: 'event', source: 's', kind: 'partial', text: 'half' });
    clock.advance(1000);
    assert.deepEqual(told, []);
    start();
    assert.deepEqual(
      [...new Set(told.map(({ type }) => type))],
      ['settings', 'connection', 'sources', 'bookmarks', 'partial', 'extent'],
    );
  });

  it('tells what there is at most every 50 ms, whatever arrives', () => {
    const { clock, add, extents, start } = setUp();
    start();
    const before = extents().length;
    for (let millisecond = 0; millisecond < 1000; millisecond++) {
      add(`line ${millisecond}`);
      clock.advance(1);
    }
    const count = extents().length - before;
    assert.ok(count <= 21 && count >= 15, String(count));
    clock.advance(100);
    assert.equal(extents().at(-1)?.end, 1000);
  });

  it('tells of thousands of sources in stretches, at most every 50 ms, and not again what it told', () => {
    const { clock, intake, told, start } = setUp();
    start();
    const table = new ToldSources();
    let messages = 0;
    const read = () => {
      for (const message of told.splice(0)) {
        if (message.type === 'sources') {
          messages++;
          table.take(message);
        }
      }
      return table.all;
    };
    const tell = (from: number, to: number, state: SourceState) => {
      for (let at = from; at < to; at++) {
        const id = `${at}.log`;
        intake.takeSource({ type: 'source', source: id, name: id, kind: 'file', state, epoch: 'e' });
      }
    };
    for (let turn = 0; turn < 100; turn++) {
      tell(turn * 100, (turn + 1) * 100, 'live');
      clock.advance(5);
    }
    clock.advance(50);
    assert.deepEqual(read(), intake.sources);
    assert.equal(intake.sources.length, 10_000);
    assert.ok(messages <= 12, `${messages}`);
    // Told again after a reconnect, as they were; then two that are other ones.
    tell(0, 10_000, 'live');
    clock.advance(1000);
    assert.ok(told.every(({ type }) => type !== 'sources'));
    tell(70, 71, 'waiting');
    tell(80, 81, 'failed');
    clock.advance(50);
    const sizes = told.map((message) => (message.type === 'sources' ? message.sources.length : 0));
    assert.ok(sizes.every((size) => size <= 11));
    assert.deepEqual(read(), intake.sources);
  });

  it('leaves nothing of the sources of a stream that was shown before', () => {
    const table = new ToldSources();
    const show = (...ids: string[]) => {
      const { intake, told, start } = setUp();
      for (const id of ids) {
        intake.takeSource({ type: 'source', source: id, name: id, kind: 'file', state: 'live', epoch: 'e' });
      }
      start();
      for (const message of told) {
        if (message.type === 'sources') {
          table.take(message);
        }
      }
      return table.all.map(({ id }) => id);
    };
    assert.deepEqual(show('a', 'b', 'c'), ['a', 'b', 'c']);
    assert.deepEqual(show('d'), ['d']);
    assert.deepEqual(show(), []);
  });

  it('tells that a view is complete at once, without waiting for its next turn', () => {
    const clock = new FakeClock();
    const due: { run: () => void }[] = [];
    const intake = new LogIntake(64 * 1024 * 1024, clock);
    const told: ExtentMessage[] = [];
    let time = 0;
    const holder = new StoreHolder({
      intake,
      clock: {
        // Time goes on while it works, so that it takes several slices; what is to wait waits forever.
        now: () => ++time,
        wallTime: () => 0,
        schedule: (delayMs, callback) => {
          const task = { run: callback };
          if (delayMs <= 0) {
            due.push(task);
          }
          return {
            dispose: () => {
              task.run = () => {};
            },
          };
        },
      },
      post: (message) => message.type === 'extent' && told.push(message),
      connection,
      onAction: () => {},
      onHistory: () => {},
    });
    const bytes = encoder.encode('some line\n'.repeat(50_000));
    intake.takeLines({ source: 's', epoch: 'e', seq: 0, count: 50_000, receivedAt: 5, cursor: null, bytes });
    holder.receive({ type: 'ready' });
    holder.receive({ type: 'filter', generation: 1, filter: { text: 'line' } });
    const slices = due.length;
    for (let at = 0; at < due.length; at++) {
      due[at]?.run();
    }
    assert.ok(due.length > slices + 2, 'took several slices');
    assert.equal(told.at(-1)?.scanned, 1);
    assert.equal(told.at(-1)?.matchedLines, 50_000);
    holder.dispose();
  });

  it('answers with the rows that are still there, at most 1,000 of them', () => {
    const { told, add, start, holder } = setUp();
    add(...Array.from({ length: 3000 }, (_, at) => `line ${at}`));
    start();
    holder.receive({ type: 'rows', request: 7, generation: 1, from: 10, to: 12 });
    holder.receive({ type: 'rows', request: 8, generation: 1, from: 0, to: 3000 });
    holder.receive({ type: 'rows', request: 9, generation: 1, from: 2999, to: 3005 });
    const answers = told.filter((message) => message.type === 'rows');
    assert.deepEqual(
      answers.map(({ request, rows }) => [request, rows.length, rows[0]?.text]),
      [
        [7, 2, 'line 10'],
        [8, 1000, 'line 0'],
        [9, 1, 'line 2999'],
      ],
    );
  });

  it('answers a request of an earlier view with nothing', () => {
    const { told, add, start, holder } = setUp();
    add('one');
    start();
    holder.receive({ type: 'filter', generation: 2, filter: { text: 'one' } });
    holder.receive({ type: 'rows', request: 1, generation: 1, from: 0, to: 1 });
    assert.deepEqual(told.at(-1), { type: 'rows', request: 1, generation: 1, rows: [] });
  });

  it('finds the place of the reader in a new view', () => {
    const { clock, add, start, holder, extents } = setUp();
    add(...Array.from({ length: 5000 }, (_, at) => (at % 10 === 0 ? `hit ${at}` : `miss ${at}`)));
    start();
    holder.receive({ type: 'filter', generation: 2, filter: { text: 'hit' }, near: 2005 });
    clock.advance(1000);
    const extent = extents().at(-1);
    holder.receive({
      type: 'rows',
      request: 1,
      generation: 2,
      from: extent?.nearOrdinal ?? 0,
      to: (extent?.nearOrdinal ?? 0) + 1,
    });
    assert.equal(extent?.generation, 2);
    assert.equal(extent?.matchedLines, 500);
  });

  it('counts levels, and says why a filter means nothing', () => {
    const { clock, add, start, holder, extents } = setUp();
    add('ERROR a', 'INFO b', 'c');
    start();
    clock.advance(1000);
    assert.equal(extents().at(-1)?.levelCounts.error, 1);
    holder.receive({ type: 'filter', generation: 2, filter: { text: '(', regularExpression: true } });
    clock.advance(1000);
    assert.match(extents().at(-1)?.filterError ?? '', /not a regular expression/);
    assert.equal(extents().at(-1)?.matchedLines, 0);
  });

  it('is silent while the viewer is hidden, and goes on when it is shown', () => {
    const { clock, add, start, holder, extents } = setUp();
    start();
    holder.receive({ type: 'visible', visible: false });
    const before = extents().length;
    add('one');
    clock.advance(5000);
    assert.equal(extents().length, before);
    holder.receive({ type: 'visible', visible: true });
    clock.advance(100);
    assert.equal(extents().at(-1)?.totalLines, 1);
  });

  it('passes on what a person does', () => {
    const { start, holder, asked, actions } = setUp();
    start();
    holder.receive({ type: 'history', lines: 100 });
    holder.receive({ type: 'action', action: 'reconnectNow' });
    assert.deepEqual([asked, actions], [[100], ['reconnectNow']]);
  });

  it('says that the store was cleared, and shows what comes then', () => {
    const { clock, intake, add, start, told, holder, extents } = setUp();
    add('one', 'two');
    start();
    intake.clear();
    assert.ok(told.some(({ type }) => type === 'cleared'));
    holder.receive({ type: 'filter', generation: 2, filter: {} });
    add('three');
    clock.advance(100);
    assert.equal(extents().at(-1)?.totalLines, 1);
  });

  it('shows gaps, events and notices in their place', () => {
    const { clock, intake, add, start, holder, told } = setUp();
    intake.takeSource({ type: 'source', source: 's', name: 'app.log', kind: 'file', state: 'live', epoch: 'e' });
    add('one');
    intake.takeGap({ type: 'gap', source: 's', epoch: 'e', from: 1, to: 4, count: 3, reason: 'Overtaken.' });
    intake.takeEvent({ type: 'event', source: 's', kind: 'rotated', text: 'Rotated.' });
    intake.takeNotice({ kind: 'reconnected', text: 'Back.' });
    add('two');
    start();
    clock.advance(100);
    holder.receive({ type: 'rows', request: 1, generation: 1, from: 0, to: 10 });
    const last = told.at(-1);
    assert.ok(last?.type === 'rows');
    assert.deepEqual(
      last.rows.map(({ text, notice }) => [notice ?? 'line', text]),
      [
        ['line', 'one'],
        ['gap', '3 lines of app.log are missing here. Overtaken.'],
        ['rotated', 'Rotated.'],
        ['reconnected', 'Back.'],
        ['line', 'two'],
      ],
    );
  });

  it('shows a line still being written until it is complete', () => {
    const { intake, add, start, told } = setUp();
    intake.takeSource({ type: 'source', source: 's', name: 'app.log', kind: 'file', state: 'live', epoch: 'e' });
    start();
    intake.takeEvent({ type: 'event', source: 's', kind: 'partial', text: 'half' });
    assert.deepEqual(told.at(-1), { type: 'partial', source: 0, text: 'half' });
    add('half a line');
    assert.ok(told.some((message) => message.type === 'partial' && message.text === null));
  });

  it('says which rows lines that arrive may still change, and reads those anew', () => {
    const { told, add, start, holder } = setUp();
    start();
    const rows = (request: number, to: number) => {
      holder.receive({ type: 'rows', request, generation: 1, from: 0, to });
      const answer = told.find((message) => message.type === 'rows' && message.request === request);
      assert.ok(answer?.type === 'rows');
      return answer.rows.map(({ isGrowing, entryLines, repeats }) => [isGrowing, entryLines, repeats?.count]);
    };
    add('INFO a', 'ERROR b');
    assert.deepEqual(rows(1, 2), [
      [undefined, undefined, undefined],
      [true, undefined, undefined],
    ]);
    add('  at c', 'INFO d');
    assert.deepEqual(rows(2, 4), [
      [undefined, undefined, undefined],
      [undefined, 1, undefined],
      [undefined, undefined, undefined],
      [true, undefined, undefined],
    ]);
    add('WARN again', 'WARN again');
    holder.receive({ type: 'filter', generation: 2, filter: { text: 'again' }, options: { collapseRepeats: true } });
    const counted = (request: number) => {
      holder.receive({ type: 'rows', request, generation: 2, from: -10, to: 10 });
      const answer = told.find((message) => message.type === 'rows' && message.request === request);
      return answer?.type === 'rows' ? answer.rows.map(({ repeats, isGrowing }) => [repeats?.count, isGrowing]) : [];
    };
    assert.deepEqual(counted(3), [[2, true]]);
    add('WARN again', 'WARN again', 'WARN again');
    assert.deepEqual(counted(4), [[5, true]]);
    add('  at a line that the last one began an entry with');
    assert.deepEqual(counted(5), [[4, undefined]]);
  });

  describe('while the reader is paused', () => {
    const missed = (extents: () => ExtentMessage[]) => extents().at(-1)?.missed;
    const pauseNow = (holder: StoreHolder, extents: () => ExtentMessage[]) =>
      holder.receive({ type: 'pause', paused: true, endRow: extents().at(-1)?.endRow ?? 0 });

    it('counts what comes, hidden by the filter or not, and no mark and no other notice', () => {
      const { holder, add, clock, extents, start, intake } = setUp();
      add('error before');
      start({ text: 'error' });
      assert.equal(missed(extents), null, 'while following nothing is missed');
      pauseNow(holder, extents);
      add('error one', 'fine', 'fine');
      holder.receive({ type: 'mark' });
      intake.takeNotice({ kind: 'disconnected', text: 'error: gone' });
      clock.advance(100);
      assert.deepEqual(missed(extents), { arrived: 3, passed: 1 });
    });

    it('counts on over another filter, by what that one lets through', () => {
      const { holder, add, clock, extents, start } = setUp();
      start({ text: 'error' });
      pauseNow(holder, extents);
      add('error', 'fine', 'fine');
      clock.advance(100);
      holder.receive({ type: 'filter', generation: 2, filter: { text: 'fine' } });
      add('fine');
      clock.advance(100);
      assert.deepEqual(missed(extents), { arrived: 4, passed: 3 });
    });

    it('counts on when the viewer was thrown away with its tab and comes back', () => {
      const { holder, add, clock, extents, start } = setUp();
      start();
      pauseNow(holder, extents);
      add('one');
      holder.receive({ type: 'visible', visible: false });
      add('two', 'three');
      clock.advance(1000);
      holder.receive({ type: 'pause', paused: true });
      holder.receive({ type: 'visible', visible: true });
      start();
      assert.deepEqual(missed(extents), { arrived: 3, passed: 3 });
    });

    it('begins anew with the next pause', () => {
      const { holder, add, clock, extents, start } = setUp();
      start();
      pauseNow(holder, extents);
      add('one');
      clock.advance(100);
      holder.receive({ type: 'pause', paused: false });
      clock.advance(100);
      assert.equal(missed(extents), null);
      add('two');
      clock.advance(100);
      pauseNow(holder, extents);
      add('three');
      clock.advance(100);
      assert.deepEqual(missed(extents), { arrived: 1, passed: 1 });
    });

    it('does not count what a stream begins with, for a viewer that was paused before there was one', () => {
      const { holder, add, clock, extents, start } = setUp();
      holder.setConnection({ ...connection, tone: 'busy' });
      holder.receive({ type: 'pause', paused: true });
      start();
      add('existing', 'existing');
      clock.advance(100);
      assert.equal(missed(extents), null);
      holder.setConnection(connection);
      add('new');
      clock.advance(100);
      assert.deepEqual(missed(extents), { arrived: 1, passed: 1 });
    });
  });

  it('tells connection and settings only when they differ from what was told', () => {
    const { holder, told, start } = setUp();
    start();
    told.length = 0;
    holder.setConnection({ ...connection });
    holder.setSettings({ ...NO_VIEWER_SETTINGS });
    assert.deepEqual(told, []);
    holder.setConnection({ ...connection, label: 'Other' });
    holder.setSettings({ ...NO_VIEWER_SETTINGS, columns: ['user'] });
    assert.deepEqual(
      told.map(({ type }) => type),
      ['connection', 'settings'],
    );
  });
});
