import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  anchorAt,
  endAnchor,
  type Geometry,
  layOut,
  RowHeights,
  scrollbarState,
  shifted,
} from '../../../src/viewer/list/geometry';

const OVERSCAN = 100;

/** Heights of 20 px, or wrapped rows of several lines. */
const geometries: fc.Arbitrary<Geometry> = fc
  .record({
    first: fc.integer({ min: -1_000_000, max: 1_000_000 }),
    rows: fc.integer({ min: 0, max: 300 }),
    height: fc.integer({ min: 30, max: 900 }),
    wraps: fc.boolean(),
    lines: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 50 }),
  })
  .map(({ first, rows, height, wraps, lines }) => {
    const heights = new RowHeights(20);
    heights.reset(20, !wraps);
    for (let row = 0; wraps && row < rows; row++) {
      heights.measure(first + row, 20 * (lines[row % lines.length] ?? 1));
    }
    return { extent: { first, end: first + rows }, height, heights };
  });
const places = fc.record({ row: fc.integer({ min: -50, max: 350 }), offset: fc.integer({ min: -2000, max: 2000 }) });

function totalHeight({ extent, heights }: Geometry): number {
  let total = 0;
  for (let row = extent.first; row < extent.end; row++) {
    total += heights.of(row);
  }
  return total;
}

describe('the layout of the list', () => {
  it('covers the viewport with rows wherever the place is, or shows all there are from the top', () => {
    fc.assert(
      fc.property(geometries, places, (geometry, { row, offset }) => {
        const { extent, height, heights } = geometry;
        const layout = layOut(geometry, { ordinal: extent.first + row, offset }, OVERSCAN);
        assert.ok(layout.from >= extent.first && layout.to <= extent.end);
        let bottom = layout.top;
        for (let ordinal = layout.from; ordinal < layout.to; ordinal++) {
          bottom += heights.of(ordinal);
        }
        if (totalHeight(geometry) <= height) {
          assert.deepEqual([layout.from, layout.to], [extent.first, extent.end]);
          assert.ok(extent.end === extent.first || layout.top === 0);
        } else {
          assert.ok(layout.top <= 0.5, 'nothing empty above');
          assert.ok(bottom >= height - 0.5, 'nothing empty below');
        }
      }),
    );
  });

  it('says where it stands in a row of those it shows, and stands there again when asked', () => {
    fc.assert(
      fc.property(geometries, places, (geometry, { row, offset }) => {
        fc.pre(geometry.extent.end > geometry.extent.first);
        const { anchor } = layOut(geometry, { ordinal: geometry.extent.first + row, offset }, OVERSCAN);
        const again = layOut(geometry, anchor, OVERSCAN);
        assert.deepEqual(again.anchor, anchor);
        assert.equal(again.clamped, false);
      }),
    );
  });

  it('does not move when rows are added below, or above', () => {
    fc.assert(
      fc.property(geometries, places, fc.nat(500), fc.nat(500), (geometry, { row, offset }, above, below) => {
        const { extent } = geometry;
        const before = layOut(geometry, { ordinal: extent.first + row, offset }, 0);
        fc.pre(!before.atEnd && !before.atStart);
        const grown = { ...geometry, extent: { first: extent.first - above, end: extent.end + below } };
        assert.deepEqual(layOut(grown, before.anchor, 0).anchor, before.anchor);
      }),
    );
  });

  it('moves by as much as it is scrolled, until an end', () => {
    fc.assert(
      fc.property(geometries, fc.integer({ min: -3000, max: 3000 }), (geometry, delta) => {
        fc.pre(totalHeight(geometry) > geometry.height);
        const middle = layOut(geometry, anchorAt(geometry, 0.5), 0).anchor;
        const to = layOut(geometry, shifted(middle, delta), 0);
        const position = ({ ordinal, offset }: typeof middle) => {
          let y = offset;
          for (let row = geometry.extent.first; row < ordinal; row++) {
            y += geometry.heights.of(row);
          }
          return y;
        };
        const moved = position(to.anchor) - position(middle);
        assert.ok(Math.abs(moved) <= Math.abs(delta) + 0.5);
        assert.ok(to.atEnd || to.atStart || Math.abs(moved - delta) < 0.5);
      }),
    );
  });

  it('ends with the last row at the lower edge', () => {
    fc.assert(
      fc.property(geometries, (geometry) => {
        fc.pre(geometry.extent.end > geometry.extent.first);
        assert.equal(layOut(geometry, endAnchor(geometry), 0).atEnd, true);
      }),
    );
  });
});

describe('the scrollbar', () => {
  it('leads to a place and back to the same position', () => {
    fc.assert(
      fc.property(geometries, fc.double({ min: 0, max: 1, noNaN: true }), (geometry, position) => {
        fc.pre(totalHeight(geometry) > geometry.height);
        const state = scrollbarState(geometry, anchorAt(geometry, position));
        assert.ok(Math.abs(state.position - position) < 1e-6);
        assert.ok(state.shown > 0 && state.shown <= 1);
      }),
    );
  });

  it('reaches every one of ten million rows', () => {
    const geometry = { extent: { first: 0, end: 10_000_000 }, height: 600, heights: new RowHeights(20) };
    assert.equal(layOut(geometry, anchorAt(geometry, 0), 0).anchor.ordinal, 0);
    assert.equal(layOut(geometry, anchorAt(geometry, 1), 0).atEnd, true);
    const { ordinal } = anchorAt(geometry, 0.5);
    assert.ok(Math.abs(ordinal - 4_999_985) <= 1);
  });
});
