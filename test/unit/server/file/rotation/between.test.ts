import assert from 'node:assert/strict';
import {
  type Between,
  decideBetween,
  type FileHad,
  inOrder,
  type Neighbour,
  newestFirst,
  type Surroundings,
} from '../../../../../src/server/file/rotation/between';
import { isEvidentRotation, rotationShape } from '../../../../../src/server/file/rotation/rotationNames';

/** A file beside app.log: its inode, when it was born and when it was written last, in seconds. */
function beside(name: string, file: string, born: number, written = born): Neighbour {
  const seconds = (time: number) => BigInt(time) * 1_000_000_000n;
  return {
    path: `/logs/${name}`,
    name,
    shape: rotationShape(name, 'app.log') ?? name,
    isRotation: rotationShape(name, 'app.log') !== undefined,
    isEvident: isEvidentRotation(name, 'app.log'),
    file,
    size: 1000,
    bornAt: seconds(born),
    writtenAt: seconds(written),
  };
}

const times = (born: number, written: number) => ({
  bornAt: BigInt(born) * 1_000_000_000n,
  writtenAt: BigInt(written) * 1_000_000_000n,
});
/** A file that the server followed and has open. */
const followed = (born: number, written: number): FileHad => ({
  file: 'old',
  isOpen: true,
  times: times(born, written),
});
/** A place that a client names. */
const named: FileHad = { file: 'old', isOpen: false };

const decide = (had: FileHad, neighbours: readonly Neighbour[], around: Partial<Surroundings> = {}) =>
  decideBetween(had, {
    neighbours,
    now: 'new',
    nowHolds: async () => false,
    holds: async () => false,
    isKnown: async () => false,
    ...around,
  });

const told = (between: Between) =>
  between.kind === 'continued'
    ? []
    : between.following.map((each) => (each.kind === 'file' ? each.at.name : `<${each.kind}>`));

describe('what lies between a place in a log and now', () => {
  it('is nothing where the file was rotated once', async () => {
    const between = await decide(followed(1, 5), [beside('app.log.1', 'old', 1, 5)]);
    assert.equal(between.kind, 'rotated');
    assert.deepEqual(told(between), []);
  });

  for (const [how, names] of [
    ['numbers', ['app.log.3', 'app.log.2', 'app.log.1']],
    ['dates', ['app.log-20261123', 'app.log-20261124', 'app.log-20261125']],
    ['dates inside of the name', ['app-2026-11-23.log', 'app-2026-11-24.log', 'app-2026-11-25.log']],
  ] as const) {
    it(`is every file rotated since, oldest first, by ${how}`, async () => {
      const [first, second, third] = names;
      const files = [beside(third, 'c', 20), beside(first, 'old', 1), beside(second, 'b', 10)];
      assert.deepEqual(told(await decide(followed(1, 1), files)), [second, third]);
    });
  }

  it('keeps its order although the oldest file was written last', async () => {
    const files = [beside('app.log.2', 'old', 1, 30), beside('app.log.1', 'b', 10, 20)];
    assert.deepEqual(told(await decide(followed(1, 30), files)), ['app.log.1']);
  });

  it('ends with the file at the path, although that was rotated while one looked', async () => {
    const files = [beside('app.log.3', 'old', 1), beside('app.log.2', 'b', 10), beside('app.log.1', 'new', 20)];
    assert.deepEqual(told(await decide(followed(1, 1), files)), ['app.log.2']);
  });

  it('leaves out what is known, and what is another log', async () => {
    const files = [
      beside('app.log.3', 'old', 1),
      beside('app.log.2', 'b', 10),
      beside('app.log.1', 'c', 20),
      beside('app-8081.log', 'd', 15),
    ];
    const isKnown = async ({ file }: Neighbour) => file === 'b';
    assert.deepEqual(told(await decide(followed(1, 1), files, { isKnown })), ['app.log.1']);
  });

  it('names compressed files, but not one that is just being compressed', async () => {
    const files = [beside('app.log.2', 'old', 1), beside('app.log.2.gz', 'x', 30), beside('app.log.1.gz', 'b', 10)];
    assert.deepEqual(told(await decide(followed(1, 1), files)), ['<compressed>']);
  });

  it('counts what is more than can be opened', async () => {
    const files = Array.from({ length: 130 }, (_, at) =>
      beside(`app.log.${at + 1}`, at === 129 ? 'old' : `f${at}`, 999 - at),
    );
    const between = await decide(followed(1, 1), files);
    assert.ok(between.kind === 'rotated');
    assert.deepEqual(between.following[0], { kind: 'left out', files: 29, bytes: 29_000 });
    assert.equal(between.following.length, 101);
  });

  it('may be more than lies there, where the file is gone and newer ones were rotated', async () => {
    const files = [beside('app.log.2', 'b', 10), beside('app.log.1', 'c', 20), beside('app.log.3', 'a', 0)];
    assert.deepEqual(told(await decide(followed(1, 5), files)), ['<unknown>', 'app.log.2', 'app.log.1']);
  });

  it('is nothing where the file was deleted and made again, whatever older ones lie beside', async () => {
    assert.deepEqual(told(await decide(followed(10, 15), [beside('app.log.1', 'a', 1, 9)])), []);
  });

  it('is nothing where the file was compressed, with its times or without', async () => {
    const kept = { ...beside('app.log.1.gz', 'x', 20), ...times(20, 5) };
    assert.deepEqual(told(await decide(followed(1, 5), [kept])), []);
    assert.deepEqual(told(await decide(followed(1, 5), [beside('app.log.1.gz', 'x', 20)])), []);
    const next = beside('app.log.1.gz', 'y', 30);
    assert.deepEqual(told(await decide(followed(1, 5), [{ ...kept, name: 'app.log.2.gz' }, next])), [
      '<unknown>',
      '<compressed>',
    ]);
  });

  it('is nothing where a longer copy took the place of the file, even beside another copy', async () => {
    const around = { nowHolds: async () => true, holds: async () => true };
    assert.equal((await decide(followed(1, 5), [beside('app.log.bak', 'x', 3)], around)).kind, 'continued');
  });

  it('is a rotation where the file lies beside, although the new one begins alike', async () => {
    const between = await decide(followed(1, 5), [beside('app.log.1', 'old', 1)], { nowHolds: async () => true });
    assert.equal(between.kind, 'rotated');
  });

  it('is found by the bytes in a copy, and says that it is one', async () => {
    const holds = async ({ file }: Neighbour) => file === 'copy';
    const between = await decide(named, [beside('app.log.1', 'later', 20), beside('app.log.2', 'copy', 10)], { holds });
    assert.ok(between.kind === 'rotated' && between.isCopy);
    assert.deepEqual(told(between), ['app.log.1']);
  });

  it('is not found for a client whose file has only the number of the one it names', async () => {
    const between = await decide(named, [beside('app.log.1', 'old', 1)]);
    assert.deepEqual(between, { kind: 'gone', following: [] });
  });
});

describe('the order of rotated files', () => {
  const order = (...files: Neighbour[]) => inOrder(files).map(({ name }) => name);

  it('is that of numbers counted down, also where all are as old', () => {
    assert.deepEqual(order(beside('app.log.2', 'a', 1), beside('app.log.10', 'b', 1), beside('app.log.1', 'c', 1)), [
      'app.log.10',
      'app.log.2',
      'app.log.1',
    ]);
  });

  it('is that of numbers counted up, where births and last writes both say so', () => {
    assert.deepEqual(order(beside('app.log.2', 'a', 20), beside('app.log.1', 'b', 10)), ['app.log.1', 'app.log.2']);
  });

  it('is that of last writes in a ring of files', () => {
    const ring = [beside('app.log.0', 'a', 30), beside('app.log.1', 'b', 10), beside('app.log.2', 'c', 20)];
    assert.deepEqual(order(...ring), ['app.log.1', 'app.log.2', 'app.log.0']);
  });

  it('is not that of birth for files that were put there again with their old times', () => {
    const restored = [beside('app.log.1', 'a', 90, 20), beside('app.log.2', 'b', 95, 10)];
    assert.deepEqual(order(...restored), ['app.log.2', 'app.log.1']);
  });

  it('is that of their names where they were written in one tick of the clock', () => {
    const newest = (...files: Neighbour[]) => newestFirst(files).map(({ name }) => name);
    const named = ['app.log-20261124', 'app.log.2', 'app.log-20261126', 'app.log.1', 'app.log-20261125'];
    const files = named.map((name) => beside(name, name, 1));
    const inTurn = ['app.log-20261126', 'app.log.1', 'app.log-20261125', 'app.log.2', 'app.log-20261124'];
    assert.deepEqual(newest(...files), inTurn);
    assert.deepEqual(newest(...files.reverse()), inTurn);
    const late = beside('app.log-20261101', 'late', 1, 2);
    assert.deepEqual(newest(...files, late), ['app.log-20261101', ...inTurn]);
  });
});
