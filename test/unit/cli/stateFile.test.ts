import assert from 'node:assert/strict';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { readStateFile, writeStateFile } from '../../../src/cli/stateFile';
import { createTemporaryDirectory, type TemporaryDirectory } from '../../support/temporaryDirectory';

const state = {
  address: 'ws://localhost:8000/ws',
  clientId: 'abc',
  takeoverKey: 'secret',
  positions: [
    { source: 's', epoch: 'e', nextSeq: -3, cursor: null, linesAhead: 0 },
    { source: 't', epoch: 'e', nextSeq: 7, cursor: 'c', linesAhead: 12 },
  ],
  learned: '{"a":1}',
};

describe('the state file', () => {
  let folder: TemporaryDirectory;
  beforeEach(async () => {
    folder = await createTemporaryDirectory('state');
  });
  afterEach(() => folder.remove());

  it('gives back what was written, and leaves nothing beside it', () => {
    const file = join(folder.path, 'deep', 'state.json');
    writeStateFile(file, state);
    writeStateFile(file, { ...state, clientId: 'def' });
    assert.deepEqual(readStateFile(file), { kind: 'state', state: { ...state, clientId: 'def' } });
    assert.deepEqual(readdirSync(join(folder.path, 'deep')), ['state.json']);
  });

  describe('in a folder that others may write to', () => {
    let file: string;
    let own: string;

    before(function () {
      if (process.platform === 'win32') {
        // Making a link takes a right there that most people lack.
        this.skip();
      }
    });
    beforeEach(() => {
      file = join(folder.path, 'state.json');
      own = join(folder.path, 'own');
      writeFileSync(own, 'precious');
    });

    it('is written through no link that waits under a name that can be foreseen', () => {
      const foreseen = [`${file}.${process.pid}.tmp`, `${file}.tmp`];
      for (const name of foreseen) {
        symlinkSync(own, name);
      }
      writeStateFile(file, state);
      assert.equal(readFileSync(own, 'utf8'), 'precious');
      assert.equal(readStateFile(file).kind, 'state');
      assert.deepEqual(
        foreseen.map((name) => readlinkSync(name)),
        [own, own],
      );
    });

    it('takes the place of a link, and leaves what that led to', () => {
      symlinkSync(own, file);
      writeStateFile(file, state);
      assert.equal(readFileSync(own, 'utf8'), 'precious');
      assert.equal(lstatSync(file).isSymbolicLink(), false);
    });

    it('is for this user alone, whoever could read the one before', () => {
      writeFileSync(file, '');
      chmodSync(file, 0o666);
      writeStateFile(file, state);
      assert.equal(statSync(file).mode & 0o777, 0o600);
    });

    it('leaves nothing behind where it cannot take its place', () => {
      mkdirSync(file);
      assert.throws(() => writeStateFile(file, state));
      assert.deepEqual(readdirSync(folder.path).sort(), ['own', 'state.json']);
    });
  });

  it('of an earlier version is understood, which knew only whole frames and no key', () => {
    const file = join(folder.path, 'state.json');
    const { linesAhead: _absent, ...position } = state.positions[0] ?? assert.fail();
    const { takeoverKey: _none, ...earlier } = state;
    writeFileSync(file, JSON.stringify({ version: 1, ...earlier, positions: [position] }));
    assert.deepEqual(readStateFile(file), {
      kind: 'state',
      state: { ...state, positions: state.positions.slice(0, 1), takeoverKey: undefined },
    });
  });

  it('goes on without a key that no server would take', () => {
    const file = join(folder.path, 'state.json');
    for (const takeoverKey of ['', 'k'.repeat(129), 7, null]) {
      writeFileSync(file, JSON.stringify({ version: 1, ...state, takeoverKey }));
      const result = readStateFile(file);
      assert.equal(result.kind, 'state');
      assert.equal(result.kind === 'state' && result.state.takeoverKey, undefined);
    }
  });

  it('that is missing or empty is none, and one that is damaged is told from it', () => {
    const file = join(folder.path, 'state.json');
    assert.deepEqual(readStateFile(file), { kind: 'none' });
    writeFileSync(file, '');
    assert.deepEqual(readStateFile(file), { kind: 'none' });
    const damaged = ['{', '[]', 'null', '{"version":2}', '{"version":1,"address":"a","clientId":"c","positions":[{}]}'];
    for (const text of damaged) {
      writeFileSync(file, text);
      assert.deepEqual(readStateFile(file), { kind: 'unreadable' }, text);
    }
    assert.deepEqual(readStateFile(folder.path), { kind: 'unreadable' });
  });
});
