import assert from 'node:assert/strict';
import { LogIntake } from '../../../src/view/logIntake';
import type { HolderMessage } from '../../../src/view/messages';
import { StoreHolder } from '../../../src/view/storeHolder';
import { WorkingClock } from '../../support/workingClock';

const encoder = new TextEncoder();

function setUp() {
  const clock = new WorkingClock();
  const intake = new LogIntake(64 * 1024 * 1024, clock);
  const told: HolderMessage[] = [];
  const holder = new StoreHolder({
    intake,
    clock,
    post: (message) => told.push(message),
    connection: { tone: 'live', label: '', sentence: '', address: null, name: null, retryAt: null, actions: [] },
    onAction: () => {},
    onHistory: () => {},
  });
  let seq = 0;
  const frame = (lines: readonly string[]) => {
    const bytes = encoder.encode(lines.map((line) => `${line}\n`).join(''));
    return { source: 's', epoch: 'e', seq, count: lines.length, receivedAt: 5, cursor: null, bytes };
  };
  const add = (...lines: string[]) => {
    intake.takeLines(frame(lines));
    seq += lines.length;
  };
  let generation = 0;
  const begin = () => {
    generation++;
    holder.receive({ type: 'filter', generation, filter: {}, options: { collapseRepeats: true } });
    holder.receive({ type: 'ready' });
    clock.advance(500);
  };
  const rows = () => {
    holder.receive({ type: 'rows', request: 1, generation, from: -1000, to: 1000 });
    const answer = told.findLast((message) => message.type === 'rows');
    return answer?.type === 'rows' ? answer.rows : [];
  };
  const extents = () => told.filter(({ type }) => type === 'extent').length;
  return { clock, intake, add, begin, rows, extents, frame };
}

const run = (count: number, line: string) => Array.from({ length: count }, () => line);

describe('the repeats of a line', () => {
  it('are counted over several answers, for which a viewer is made to ask, up to their number', () => {
    const { clock, add, begin, rows, extents } = setUp();
    add(...run(900, 'INFO retrying'), ...run(700, 'WARN still retrying'), 'INFO done');
    begin();
    const counted: number[] = [];
    for (let shown = rows(); ; shown = rows()) {
      assert.equal(shown.length, 3);
      counted.push(shown[0]?.repeats?.count ?? 1);
      if (shown[0]?.isGrowing !== true && shown[1]?.isGrowing !== true) {
        assert.deepEqual(
          shown.map(({ repeats }) => repeats?.count),
          [900, 700, undefined],
        );
        break;
      }
      const before = extents();
      clock.advance(100);
      assert.ok(extents() > before, 'an extent comes after an answer that is not final');
    }
    assert.ok(counted.length > 5, `${counted.length} answers`);
    assert.deepEqual(
      counted,
      counted.toSorted((one, other) => one - other),
    );
    const before = extents();
    clock.advance(1000);
    assert.equal(extents(), before, 'nothing is left to ask for');
  });

  it('are not counted again with every answer, whichever of several runs they belong to', () => {
    const { clock, intake, add, begin, rows } = setUp();
    add(...run(900, 'INFO retrying'), ...run(700, 'WARN still retrying'));
    begin();
    while (rows()[0]?.isGrowing || rows()[1]?.repeats?.count !== 700) {
      clock.advance(100);
    }
    let read = 0;
    const { row } = intake.store;
    intake.store.row = (number) => {
      read++;
      return row.call(intake.store, number);
    };
    add('WARN still retrying');
    assert.deepEqual(
      rows().map(({ repeats }) => repeats?.count),
      [900, 701],
    );
    assert.ok(read < 30, `${read} rows read`);
  });

  it('are counted anew for rows whose numbers come to mean other lines', () => {
    const { intake, add, begin, rows, frame } = setUp();
    add(...run(40, 'INFO retrying'));
    begin();
    assert.equal(rows()[0]?.repeats?.count, 40);
    intake.clear();
    intake.takeHistory('s', [frame([...run(3, 'INFO before'), ...run(37, 'INFO other')])], true);
    begin();
    assert.deepEqual(
      rows().map(({ repeats }) => repeats?.count),
      [3, 37, undefined],
    );
  });
});
