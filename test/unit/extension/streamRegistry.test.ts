import assert from 'node:assert/strict';
import { StreamRegistry } from '../../../src/extension/streamRegistry';

function stream(name: string) {
  const made = {
    name,
    disposed: false,
    dispose() {
      made.disposed = true;
    },
  };
  return made;
}

describe('StreamRegistry', () => {
  it('finds streams by name and shows the one opened last', () => {
    const registry = new StreamRegistry<ReturnType<typeof stream>>();
    assert.equal(registry.active, undefined);
    const web = stream('web');
    registry.open(web);
    assert.equal(registry.get('web'), web);
    assert.equal(registry.active, web);
  });

  it('disposes what is replaced, after the new one is there', () => {
    const registry = new StreamRegistry<ReturnType<typeof stream>>();
    const first = stream('web');
    const second = stream('api');
    registry.open(first);
    const seen: (string | undefined)[] = [];
    registry.onDidChange(() => seen.push(`${registry.active?.name} ${first.disposed}`));
    registry.open(second);
    assert.deepEqual(seen, ['api false']);
    assert.equal(first.disposed, true);
    assert.equal(second.disposed, false);
  });

  it('opens a stream again without disposing it', () => {
    const registry = new StreamRegistry<ReturnType<typeof stream>>();
    const web = stream('web');
    registry.open(web);
    registry.open(web);
    assert.equal(web.disposed, false);
  });

  it('disposes all at the end', () => {
    const registry = new StreamRegistry<ReturnType<typeof stream>>();
    const web = stream('web');
    registry.open(web);
    registry.dispose();
    assert.equal(web.disposed, true);
    assert.deepEqual(registry.all, []);
  });
});
