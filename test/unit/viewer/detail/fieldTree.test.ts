import assert from 'node:assert/strict';
import { fieldAt } from '../../../../src/records/fieldPath';
import type { Fields } from '../../../../src/records/parsedLine';
import { type FieldNode, fieldTree } from '../../../../src/viewer/detail/fieldTree';

function leaves(nodes: readonly FieldNode[]): FieldNode[] {
  return nodes.flatMap((node) => (node.children ? leaves(node.children) : [node]));
}

describe('the fields of an entry as a tree', () => {
  it('have the paths by which conditions and columns find them', () => {
    const fields: Fields = { a: 1, b: { c: 'x', 'd.e': true, f: { g: null } }, 'h.i': 2 };
    const found = leaves(fieldTree(fields));
    assert.deepEqual(
      found.map(({ path }) => path),
      ['a', 'b.c', 'b.d.e', 'b.f.g', 'h.i'],
    );
    for (const { path, value } of found) {
      assert.equal(fieldAt(fields, path), value);
    }
  });

  it('end where nobody would read on, however deep and wide the line is', () => {
    let deep: Fields = { end: 1 };
    for (let depth = 0; depth < 100; depth++) {
      deep = { deep };
    }
    assert.equal(leaves(fieldTree(deep)).length, 1);
    assert.equal(fieldTree(Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`f${at}`, at]))).length, 200);
  });

  it('say how many there are beyond those shown at a time, and lead to every one of them', () => {
    const wide: Fields = Object.fromEntries(Array.from({ length: 450 }, (_, at) => [`f${at}`, at]));
    const [node] = fieldTree({ wide });
    assert.equal(node?.count, 450);
    assert.deepEqual(
      [0, 200, 400].flatMap((start) => node?.childrenFrom(start).map(({ path }) => path) ?? []),
      Object.keys(wide).map((name) => `wide.${name}`),
    );
    assert.equal(fieldTree(wide, 400).length, 50);
  });
});
