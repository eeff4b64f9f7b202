import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bestMatches, type FileLink, readFileLink, searchPattern } from '../../../src/extension/fileLinks';

function read(path: string, platform = 'linux'): FileLink {
  const link = readFileLink(path, platform);
  assert.ok(link, path);
  return link;
}

describe('reading a path that a log names', () => {
  for (const [path, parts] of [
    ['/app/src/x.ts', ['app', 'src', 'x.ts']],
    ['./src/x.ts', ['src', 'x.ts']],
    ['src/../lib/x.ts', ['lib', 'x.ts']],
    ['../../x.ts', ['x.ts']],
    ['C:\\build\\agent\\x.cs', ['build', 'agent', 'x.cs']],
    ['C:/build/x.cs', ['build', 'x.cs']],
    ['webpack:///./src/x.ts?1a2b', ['src', 'x.ts']],
    ['webpack://shop/./src/x.ts', ['src', 'x.ts']],
    ['webpack-internal:///(rsc)/./app/page.tsx', ['(rsc)', 'app', 'page.tsx']],
    ['file:///app/my%20src/x.ts', ['app', 'my src', 'x.ts']],
    ['file:///C:/build/x.cs', ['build', 'x.cs']],
  ] as const) {
    it(`takes ${path} apart`, () => {
      assert.deepEqual(read(path).parts, parts);
    });
  }

  it('opens as they stand only paths of this kind of machine', () => {
    assert.equal(read('/app/x.ts').absolute, '/app/x.ts');
    assert.equal(read('file:///app/x.ts').absolute, '/app/x.ts');
    assert.equal(read('C:\\x.cs').absolute, null);
    assert.equal(read('src/x.ts').absolute, null);
    assert.equal(read('webpack:///app/x.ts').absolute, null);
    assert.equal(read('C:\\x.cs', 'win32').absolute, 'C:\\x.cs');
    assert.equal(read('file:///C:/x.cs', 'win32').absolute, 'C:/x.cs');
    assert.equal(read('/app/x.ts', 'win32').absolute, null);
  });

  for (const path of [
    '\\\\evil\\share\\x.ts',
    '//evil/share/x.ts',
    '\\/evil/share/x.ts',
    '\\\\?\\UNC\\evil\\share\\x.ts',
    '\\\\.\\pipe\\x',
    'file://evil/share/x.ts',
    'file:////evil/share/x.ts',
    'file:///%5C%5Cevil/share/x.ts',
    'file:///%2F%2Fevil/share/x.ts',
    'file:/\\/evil/share/x.ts',
  ]) {
    it(`never asks another machine for ${path}`, () => {
      for (const platform of ['win32', 'linux']) {
        assert.equal(read(path, platform).absolute, null);
      }
    });
  }

  it('says that a path is on another machine', () => {
    assert.equal(read('\\\\evil\\share\\x.ts').network, true);
    assert.equal(read('file://evil/share/x.ts').network, true);
    assert.equal(read('/app/x.ts').network, false);
  });

  it('refuses what cannot name a file', () => {
    for (const path of ['', '/', '..', 'a\u0000b', 'a\nb', 'file:///%00', 'file:///%zz', 'x'.repeat(5000)]) {
      assert.equal(readFileLink(path, 'linux'), null, JSON.stringify(path.slice(0, 20)));
    }
  });

  it('reads any text without failing, and never takes a network path for one of this machine', () => {
    const pieces = fc.constantFrom('/', '\\', 'file:', 'C:', '..', '.', 'host', '%2f', '%5c', '?', 'x.ts', '//');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), fc.constantFrom('win32', 'linux'), (list, platform) => {
        const link = readFileLink(list.join(''), platform);
        assert.ok(link === null || link.parts.every((part) => part !== '..' && part !== ''));
        assert.ok(link?.absolute == null || !/^[\\/]{2}/.test(link.absolute));
      }),
    );
  });
});

describe('finding the file in the workspace', () => {
  const files = ['/ws/src/x.ts', '/ws/test/src/x.ts', '/ws/lib/y.ts', '/ws/packages/a/src/main/x.ts'];

  it('takes the longest matching tail', () => {
    assert.deepEqual(bestMatches(read('/app/lib/y.ts'), files), ['/ws/lib/y.ts']);
    assert.deepEqual(bestMatches(read('/build/test/src/x.ts'), files), ['/ws/test/src/x.ts']);
    assert.deepEqual(bestMatches(read('/home/ci/packages/a/src/main/x.ts'), files), ['/ws/packages/a/src/main/x.ts']);
  });

  it('names all that are equally good, the shortest first', () => {
    assert.deepEqual(bestMatches(read('/app/src/x.ts'), files), ['/ws/src/x.ts', '/ws/test/src/x.ts']);
  });

  it('compares whole parts', () => {
    assert.deepEqual(bestMatches(read('/app/mysrc/x.ts'), ['/ws/src/x.ts', '/ws/rc/x.ts']), [
      '/ws/rc/x.ts',
      '/ws/src/x.ts',
    ]);
    assert.deepEqual(bestMatches(read('/app/ax.ts'), ['/ws/x.ts']), []);
  });

  it('ignores case where the other machine does', () => {
    assert.deepEqual(bestMatches(read('C:\\Build\\Src\\X.cs'), ['/ws/src/x.cs']), ['/ws/src/x.cs']);
    assert.deepEqual(bestMatches(read('/Build/X.cs'), ['/ws/x.cs']), []);
  });

  it('finds the workspace file even for a path of another machine on the network', () => {
    assert.deepEqual(bestMatches(read('\\\\build\\share\\src\\x.ts'), ['/ws/src/x.ts']), ['/ws/src/x.ts']);
  });

  it('searches for names that mean something in a pattern', () => {
    assert.equal(searchPattern(read('/app/[id]/page{a,b}.tsx'), 1), '**/page?a?b?.tsx');
    assert.equal(searchPattern(read('/app/[id]/*.tsx'), 2), '**/?id?/?.tsx');
  });
});
