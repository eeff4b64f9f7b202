import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LEVELS } from '../../../src/records/level';
import { exportRows } from '../../../src/view/exportRows';
import { Histogram } from '../../../src/view/histogram';
import { LogIntake } from '../../../src/view/logIntake';
import type { HolderMessage, SeekTarget, ViewerMessage } from '../../../src/view/messages';
import { RowReader } from '../../../src/view/rowReader';
import { StoreHolder } from '../../../src/view/storeHolder';
import { FakeClock } from '../../support/fakeClock';
import { WorkingClock } from '../../support/workingClock';

const encoder = new TextEncoder();
type Told<Type extends HolderMessage['type']> = Extract<HolderMessage, { type: Type }>;

function setUp(lines: readonly string[] = [], filter = {}, options = {}, clock = new FakeClock()) {
  const intake = new LogIntake(64 * 1024 * 1024, clock);
  const told: HolderMessage[] = [];
  const exported: { message: ViewerMessage; content: AsyncIterable<Uint8Array> }[] = [];
  const holder = new StoreHolder({
    intake,
    clock,
    post: (message) => told.push(message),
    connection: { tone: 'live', label: '', sentence: '', address: null, name: null, retryAt: null, actions: [] },
    onAction: () => {},
    onHistory: () => {},
    onExport: (message, content) => exported.push({ message, content }),
  });
  let seq = 0;
  const add = (...more: string[]) => {
    const bytes = encoder.encode(more.map((line) => `${line}\n`).join(''));
    intake.takeLines({ source: 's', epoch: 'e', seq, count: more.length, receivedAt: 5, cursor: null, bytes });
    seq += more.length;
  };
  if (lines.length > 0) {
    add(...lines);
  }
  holder.receive({ type: 'filter', generation: 1, filter, options });
  holder.receive({ type: 'ready' });
  clock.advance(500);
  const last = <Type extends HolderMessage['type']>(type: Type) =>
    told.filter((message): message is Told<Type> => message.type === type).at(-1);
  const seek = (target: SeekTarget) => {
    holder.receive({ type: 'seek', request: 9, generation: 1, target });
    return last('place');
  };
  const rows = () => {
    holder.receive({ type: 'rows', request: 1, generation: 1, from: -1000, to: 1000 });
    return last('rows')?.rows ?? [];
  };
  return { clock, intake, told, exported, holder, add, last, seek, rows };
}

const trace = ['INFO one', 'ERROR boom', '  at a', '  at b', 'INFO boom again', 'plain'];

describe('a search', () => {
  it('counts its hits, tells where they lie, and hides nothing', () => {
    const { holder, clock, last, rows } = setUp(trace);
    holder.receive({ type: 'search', search: 1, query: { text: 'BOOM' } });
    clock.advance(500);
    const told = last('search');
    assert.deepEqual([told?.search, told?.count, told?.complete, told?.error], [1, 2, true, null]);
    assert.equal(told?.marks.length, 2);
    assert.equal(rows().length, trace.length);
  });

  it('leads from hit to hit, around the ends', () => {
    const { holder, clock, seek } = setUp(trace);
    holder.receive({ type: 'search', search: 1, query: { text: 'boom' } });
    clock.advance(500);
    const next = (from: number) => seek({ kind: 'hit', direction: 'next', from });
    assert.deepEqual([next(0)?.ordinal, next(0)?.index], [1, 1]);
    assert.deepEqual([next(1)?.ordinal, next(1)?.index], [4, 2]);
    assert.equal(next(4)?.ordinal, 1);
    assert.equal(seek({ kind: 'hit', direction: 'previous', from: 1 })?.ordinal, 4);
  });

  it('leads to a hit at once, before it has looked through everything', () => {
    const { holder, seek } = setUp(trace);
    holder.receive({ type: 'search', search: 1, query: { text: 'boom' } });
    assert.equal(seek({ kind: 'hit', direction: 'next', from: 0 })?.ordinal, 1);
  });

  it('finds only what the filter shows, and what arrives', () => {
    const { holder, clock, last, add } = setUp(trace, { levels: ['info'] });
    holder.receive({ type: 'search', search: 1, query: { text: 'boom' } });
    clock.advance(500);
    assert.equal(last('search')?.count, 1);
    add('INFO boom 3', 'ERROR boom 4');
    clock.advance(500);
    assert.equal(last('search')?.count, 2);
  });

  it('counts hits in the lines around those that pass, which are shown as well', () => {
    const { holder, clock, last, seek, rows } = setUp(['a needle', 'b', 'hit', 'c needle', 'd needle'], {
      text: 'hit',
      context: { before: 0, after: 1 },
    });
    holder.receive({ type: 'search', search: 1, query: { text: 'needle' } });
    clock.advance(500);
    assert.equal(last('search')?.count, 1);
    const place = seek({ kind: 'hit', direction: 'next', from: 0 })?.ordinal;
    assert.equal(rows().find(({ ordinal }) => ordinal === place)?.text, 'c needle');
  });

  it('says in a sentence why a pattern finds nothing, and ends when asked', () => {
    const { holder, clock, last, seek, told } = setUp(trace);
    holder.receive({ type: 'search', search: 1, query: { text: '(', regularExpression: true } });
    clock.advance(500);
    assert.match(last('search')?.error ?? '', /is not a regular expression/);
    holder.receive({ type: 'search', search: 2, query: null });
    const before = told.length;
    clock.advance(500);
    assert.equal(told.slice(before).filter(({ type }) => type === 'search').length, 0);
    assert.equal(seek({ kind: 'hit', direction: 'next', from: 0 })?.ordinal, null);
  });
});

describe('a place that is asked for', () => {
  it('is the next or the previous entry of a level', () => {
    const { seek } = setUp(trace);
    assert.equal(seek({ kind: 'level', levels: ['error', 'fatal'], direction: 'next', from: 0 })?.ordinal, 1);
    assert.equal(seek({ kind: 'level', levels: ['info'], direction: 'previous', from: 4 })?.ordinal, 0);
    assert.equal(seek({ kind: 'level', levels: ['fatal'], direction: 'next', from: 0 })?.ordinal, null);
  });

  it('is a row in a filtered view, or the one behind it', () => {
    const { seek } = setUp(trace, { levels: ['info'] });
    const first = seek({ kind: 'row', row: 0 })?.ordinal as number;
    assert.equal(seek({ kind: 'row', row: 2 })?.ordinal, first + 1);
    assert.equal(seek({ kind: 'row', row: 5 })?.ordinal, null);
  });

  it('is the first line of a time or later', () => {
    const { seek } = setUp(['2026-11-23T12:00:00Z a', '2026-11-23T12:00:01Z b', '2026-11-23T12:00:03Z c']);
    assert.equal(seek({ kind: 'time', time: Date.UTC(2026, 10, 23, 12, 0, 2) })?.ordinal, 2);
    assert.equal(seek({ kind: 'time', time: 0 })?.ordinal, 0);
    assert.equal(seek({ kind: 'time', time: 1e15 })?.ordinal, 2);
  });
});

describe('a place that lies far away', () => {
  const quiet = (count: number) => Array.from({ length: count }, (_, at) => `INFO request ${at} served`);
  const errorAt = (row: number, count: number) => quiet(count).with(row, `ERROR request ${row} failed`);
  const level = (levels: readonly (typeof LEVELS)[number][], direction: 'next' | 'previous', from: number) =>
    ({ kind: 'level', levels, direction, from }) as const;
  const places = (told: readonly HolderMessage[]) => told.filter((message) => message.type === 'place');

  it('is found in several turns, and never said not to be there', () => {
    const clock = new WorkingClock();
    const { add, seek, last } = setUp([], {}, {}, clock);
    add(...errorAt(19_900, 20_000));
    const begin = clock.turns;
    assert.equal(seek(level(['error'], 'next', 0)), undefined);
    clock.advance(0);
    assert.equal(last('place')?.ordinal, 19_900);
    assert.ok(clock.turns - begin > 5, `${clock.turns - begin} turns`);
  });

  it('is said not to be there once every row has been looked at', () => {
    const clock = new WorkingClock();
    const { add, seek, last } = setUp([], {}, {}, clock);
    add(...errorAt(100, 20_000));
    assert.equal(seek(level(['error'], 'next', 100)), undefined);
    clock.advance(0);
    assert.equal(last('place')?.ordinal, null);
    assert.equal(seek(level(['error'], 'previous', 100))?.ordinal, null);
  });

  it('is known at once not to be there where the levels of all rows are counted', () => {
    const clock = new WorkingClock();
    const { seek } = setUp(quiet(100_000), {}, {}, clock);
    const begin = clock.turns;
    assert.equal(seek(level(['error', 'fatal'], 'next', 0))?.ordinal, null);
    assert.equal(seek(level(['error', 'fatal'], 'previous', 99_999))?.ordinal, null);
    assert.equal(clock.turns, begin);
  });

  it('is found beyond whole slabs that are known not to hold it, in either direction', () => {
    const lines = errorAt(3, 120_000).with(119_990, 'ERROR late');
    for (const filter of [{}, { levels: ['error', 'info'] as const }]) {
      const { add, clock, seek, holder, last, intake } = setUp([], filter);
      for (let from = 0; from < lines.length; from += 2000) {
        add(...lines.slice(from, from + 2000));
      }
      clock.advance(500);
      assert.ok(intake.store.slabs.length > 2);
      holder.receive({ type: 'rows', request: 2, generation: 1, from: -200_000, to: 200_000 });
      const first = last('rows')?.rows[0]?.ordinal as number;
      const behind = seek(level(['error'], 'next', first + 3))?.ordinal as number;
      const before = seek(level(['error'], 'previous', first + 119_990))?.ordinal as number;
      assert.deepEqual([behind - first, before - first], [119_990, 3]);
      assert.equal(seek(level(['error'], 'next', first + 119_990))?.ordinal, null);
    }
  });

  it('is found where the filter has yet to look', () => {
    const clock = new WorkingClock();
    const { add, holder, told, last } = setUp([], {}, {}, clock);
    add(...errorAt(7, 20_000));
    holder.receive({ type: 'filter', generation: 2, filter: { levels: ['error', 'info'] } });
    holder.receive({ type: 'seek', request: 5, generation: 2, target: level(['error'], 'previous', 0) });
    holder.receive({ type: 'seek', request: 6, generation: 2, target: { kind: 'row', row: 7 } });
    assert.deepEqual(places(told), []);
    clock.advance(0);
    const row = last('place');
    assert.equal(row?.request, 6);
    holder.receive({ type: 'seek', request: 7, generation: 2, target: level(['error'], 'previous', 0) });
    clock.advance(0);
    assert.deepEqual(last('place'), { ...row, request: 7 });
    holder.receive({
      type: 'rows',
      request: 8,
      generation: 2,
      from: row.ordinal as number,
      to: (row.ordinal as number) + 1,
    });
    assert.equal(last('rows')?.rows[0]?.row, 7);
  });

  it('is the nearest hit, although a search that just began has found only others', () => {
    const clock = new WorkingClock();
    const { add, holder, seek, last } = setUp([], {}, {}, clock);
    const lines = quiet(60_000);
    for (const row of [100, 200, 59_000]) {
      lines[row] = 'needle';
    }
    add(...lines);
    holder.receive({ type: 'search', search: 1, query: { text: 'needle' } });
    assert.equal(seek({ kind: 'hit', direction: 'previous', from: 59_500 })?.ordinal, 59_000);
    const before = last('place');
    assert.equal(seek({ kind: 'hit', direction: 'next', from: 50 }), before, 'no answer yet');
    clock.advance(0);
    assert.equal(last('place')?.ordinal, 100);
  });

  it('is not looked for any more once another is asked for, or another view begins', () => {
    const clock = new WorkingClock();
    const { add, holder, seek, told } = setUp([], {}, {}, clock);
    add(...errorAt(19_900, 20_000));
    seek(level(['error'], 'next', 0));
    holder.receive({ type: 'seek', request: 10, generation: 1, target: { kind: 'row', row: 5 } });
    clock.advance(0);
    assert.deepEqual(places(told), [{ type: 'place', request: 10, ordinal: 5 }]);
    add(...quiet(20_000));
    seek(level(['fatal'], 'next', 20_000));
    holder.receive({ type: 'filter', generation: 2, filter: {} });
    clock.advance(1000);
    assert.equal(places(told).length, 1);
  });
});

describe('an entry', () => {
  it('comes whole, whichever of its rows is named', () => {
    const { holder, last } = setUp(trace);
    for (const row of [1, 2, 3]) {
      holder.receive({ type: 'entry', request: row, row });
      assert.deepEqual(
        last('entry')?.rows.map(({ text }) => text),
        trace.slice(1, 4),
      );
    }
    holder.receive({ type: 'entry', request: 9, row: 99 });
    assert.deepEqual(last('entry')?.rows, []);
  });

  const entryOf = ({ holder, clock, last }: ReturnType<typeof setUp>, row: number) => {
    holder.receive({ type: 'entry', request: row, row });
    clock.advance(0);
    const { rows, lines } = last('entry') as Told<'entry'>;
    return { rows, lines };
  };

  it('of many lines is read in several turns, from whichever of its rows', () => {
    const clock = new WorkingClock();
    const parts = setUp([], {}, {}, clock);
    const frames = Array.from({ length: 3000 }, (_, at) => `  at frame ${at}`);
    parts.add('INFO before', 'ERROR boom', ...frames, 'INFO after');
    for (const row of [2500, 1]) {
      const begin = clock.turns;
      parts.holder.receive({ type: 'entry', request: row, row });
      parts.holder.receive({ type: 'entry', request: 0, row: 0 });
      assert.notEqual(parts.last('entry')?.request, row, 'not yet');
      clock.advance(0);
      assert.ok(clock.turns - begin > 5, `${clock.turns - begin} turns`);
      const [entry, other] = parts.told.filter((message) => message.type === 'entry').slice(-2);
      assert.deepEqual(
        entry?.rows.map(({ text }) => text),
        ['ERROR boom', ...frames],
      );
      assert.deepEqual([entry?.lines, other?.lines], [3001, 1]);
    }
  });

  it('comes up to 1 MiB in bytes, whatever its characters are, and says how many lines it has', () => {
    const wide = Array.from({ length: 9 }, () => `  ${'€'.repeat(65_536)}`);
    const { rows, lines } = entryOf(setUp(['ERROR boom', ...wide]), 0);
    assert.equal(lines, 10);
    assert.equal(rows.length, 7);
    assert.ok(rows.at(-1)?.cutFromBytes !== undefined);
    const bytes = rows.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
    assert.ok(bytes <= 1024 * 1024 && bytes > 1024 * 1024 - 100, `${bytes} bytes`);
  });

  it('comes up to 10,000 rows, empty ones included, and says how many lines it has', () => {
    const empty = Array.from({ length: 15_000 }, () => '  ');
    const { rows, lines } = entryOf(setUp([...trace, 'ERROR late', ...empty]), 7000);
    assert.deepEqual([rows[0]?.row, rows.length, lines], [6, 10_000, 15_001]);
  });

  it('says how many lines it has below its first, and how many of them are folded away', () => {
    const open = setUp(trace).rows();
    assert.deepEqual([open[1]?.entryLines, open[1]?.foldedLines, open.length], [2, undefined, 6]);
    const folded = setUp(trace, {}, { folded: true }).rows();
    assert.deepEqual([folded[1]?.entryLines, folded[1]?.foldedLines, folded.length], [2, 2, 4]);
  });
});

describe('repeats and context', () => {
  it('are told apart from other rows', () => {
    const repeated = setUp(['12:00:01 a', '12:00:02 a', '12:00:03 a', 'b'], {}, { collapseRepeats: true }).rows();
    assert.deepEqual(
      repeated.map(({ text, repeats }) => [text, repeats?.count]),
      [
        ['12:00:01 a', 3],
        ['b', undefined],
      ],
    );
    const around = setUp(['a', 'hit', 'b', 'c'], { text: 'hit', context: { before: 1, after: 1 } }).rows();
    assert.deepEqual(
      around.map(({ text, context }) => [text, context === true]),
      [
        ['a', true],
        ['hit', false],
        ['b', true],
      ],
    );
  });
});

describe('bookmarks and marks', () => {
  it('belong to the stream: every viewer of it has the same, and they outlive a viewer', () => {
    const { holder, last, intake, rows } = setUp(trace);
    holder.receive({ type: 'bookmark', row: 4, set: true });
    holder.receive({ type: 'bookmark', row: 1, set: true });
    assert.deepEqual(last('bookmarks')?.rows, [1, 4]);
    holder.receive({ type: 'bookmark', row: 4, set: false });
    assert.deepEqual(intake.bookmarks, [1]);
    holder.receive({ type: 'mark' });
    assert.equal(rows().at(-1)?.notice, 'mark');
  });

  it('are told with the view by where they lie in it, as far as its filter lets them pass', () => {
    const { holder, clock, last, add, rows } = setUp(trace, { levels: ['error'] });
    holder.receive({ type: 'bookmark', row: 1, set: true });
    holder.receive({ type: 'bookmark', row: 5, set: true });
    holder.receive({ type: 'mark' });
    add('ERROR later');
    holder.receive({ type: 'mark' });
    clock.advance(500);
    const extent = last('extent');
    const shown = rows();
    const ordinals = (holds: (row: (typeof shown)[number]) => boolean) => shown.filter(holds).map((row) => row.ordinal);
    assert.deepEqual(
      extent?.bookmarkOrdinals,
      ordinals(({ row }) => row === 1),
    );
    assert.deepEqual(
      extent?.markOrdinals,
      ordinals(({ notice }) => notice === 'mark'),
    );
    assert.deepEqual([extent?.bookmarkOrdinals.length, extent?.markOrdinals.length], [1, 2]);
    holder.receive({ type: 'bookmark', row: 1, set: false });
    clock.advance(500);
    assert.deepEqual(last('extent')?.bookmarkOrdinals, []);
  });
});

describe('a histogram', () => {
  it('counts the lines of the view over time by level, and goes on with what arrives', () => {
    const at = (second: number) => `2026-11-23T12:00:0${second}Z`;
    const { holder, clock, last, add } = setUp([`${at(0)} INFO a`, `${at(1)} ERROR b`, `${at(1)} ERROR c`]);
    holder.receive({ type: 'histogram', shown: true });
    clock.advance(500);
    const sum = (level: (typeof LEVELS)[number]) =>
      (last('histogram')?.buckets ?? []).reduce((all, bucket) => all + (bucket[LEVELS.indexOf(level)] as number), 0);
    assert.deepEqual([sum('info'), sum('error')], [1, 2]);
    add(`${at(5)} INFO d`);
    clock.advance(500);
    assert.equal(sum('info'), 2);
    assert.equal(last('histogram')?.from, Date.UTC(2026, 10, 23, 12));
    holder.receive({ type: 'filter', generation: 2, filter: { levels: ['error'] } });
    clock.advance(500);
    assert.deepEqual([sum('info'), sum('error')], [0, 2]);
  });

  it('loses no line by widening its buckets, and never has more than fit', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1e12 }), { minLength: 1 }), (times) => {
        const histogram = new Histogram();
        for (const time of times) {
          histogram.add(time, null);
        }
        const { from, width, buckets } = histogram.read();
        assert.ok(buckets.length <= 240);
        assert.equal(
          buckets.flat().reduce((sum, count) => sum + count, 0),
          times.length,
        );
        for (const time of times) {
          assert.ok((buckets[Math.floor((time - from) / width)]?.at(-1) ?? 0) > 0);
        }
      }),
    );
  });
});

describe('an export', () => {
  const contentOf = async (content: AsyncIterable<Uint8Array>) => {
    const parts: Uint8Array[] = [];
    for await (const part of content) {
      parts.push(part);
    }
    return Buffer.concat(parts).toString('utf8');
  };

  it('as text is exactly the lines that came, also while more arrive', async () => {
    const lines = Array.from({ length: 5000 }, (_, at) => `line ${at}\r`);
    const { holder, exported, add } = setUp(lines);
    holder.receive({ type: 'mark' });
    holder.receive({ type: 'export', what: 'all', format: 'text', target: 'file' });
    add('later');
    assert.equal(await contentOf(exported[0]?.content as never), lines.map((line) => `${line}\n`).join(''));
  });

  it('waits for a filter that is still looking, and then has all it finds', async () => {
    const { intake } = setUp(trace);
    const reader = new RowReader(intake.store, intake.indexes);
    let known = 0;
    const found = {
      advance: () => ++known > 3,
      first: 0,
      get end() {
        return known > 3 ? 2 : 0;
      },
      rowAt: (place: number) => place,
    };
    const parts = { store: intake.store, indexes: intake.indexes, reader, sources: () => intake.sources };
    assert.equal(await contentOf(exportRows({ format: 'text' }, found, parts)), 'INFO one\nERROR boom\n');
  });

  it('that is given up while the filter is still looking wants nothing more of it', async () => {
    const { intake } = setUp(trace);
    const reader = new RowReader(intake.store, intake.indexes);
    let done = 0;
    const found = { advance: () => false, done: () => ++done, first: 0, end: 0, rowAt: () => undefined };
    const parts = { store: intake.store, indexes: intake.indexes, reader, sources: () => intake.sources };
    for await (const _part of exportRows({ format: 'text' }, found, parts)) {
      assert.equal(done, 0);
      break;
    }
    assert.equal(done, 1);
  });

  it('has an entry for a line that states a time no date can be', async () => {
    const { holder, exported, intake } = setUp(['{"time":1e300,"msg":"far"}', '{"time":-8.7e22,"msg":"gone"}']);
    intake.setFormats([{ name: 'own', pattern: '^never$' }]);
    holder.receive({ type: 'export', what: 'all', format: 'jsonLines', target: 'file' });
    const objects = (await contentOf(exported[0]?.content as never))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      objects.map(({ message }) => message),
      ['far', 'gone'],
    );
  });

  it('of what is shown leaves out what the filter hides', async () => {
    const { holder, exported } = setUp(trace, { text: 'boom' });
    holder.receive({ type: 'export', what: 'shown', format: 'text', target: 'file' });
    assert.equal(await contentOf(exported[0]?.content as never), `${trace.slice(1, 5).join('\n')}\n`);
  });

  it('as JSON Lines has an object for each entry', async () => {
    const { holder, exported } = setUp(['{"level":50,"time":1795435200000,"msg":"m","a":1}', ...trace.slice(1, 4)]);
    holder.receive({ type: 'export', what: 'all', format: 'jsonLines', target: 'file' });
    const objects = (await contentOf(exported[0]?.content as never))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.equal(objects.length, 2);
    assert.deepEqual(
      [objects[0].time, objects[0].level, objects[0].source, objects[0].message, objects[0].fields.a],
      ['2026-11-23T12:00:00.000Z', 'error', 's', 'm', 1],
    );
    assert.equal(objects[1].text, trace.slice(1, 4).join('\n'));
  });
});
