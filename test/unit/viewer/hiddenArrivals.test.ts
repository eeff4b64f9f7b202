import assert from 'node:assert/strict';
import { texts } from '../../../src/text/texts';
import { HiddenArrivals } from '../../../src/viewer/hiddenArrivals';

describe('lines that come while a filter lets none through', () => {
  it('are counted from the beginning of the view, or from when its last line left', () => {
    const arrivals = new HiddenArrivals();
    assert.equal(arrivals.take({ arrivedLines: 1000, matchedLines: 0 }), 0);
    assert.equal(arrivals.take({ arrivedLines: 1240, matchedLines: 0 }), 240);
    assert.equal(arrivals.take({ arrivedLines: 1250, matchedLines: 1 }), 0);
    assert.equal(arrivals.take({ arrivedLines: 1260, matchedLines: 0 }), 10);
    arrivals.begin();
    assert.equal(arrivals.take({ arrivedLines: 1270, matchedLines: 0 }), 0);
  });

  it('are told in good English', () => {
    const { empty, pause } = texts.viewer;
    assert.equal(empty.arriving(1), '0 of 1 new line passes.');
    assert.equal(empty.arriving(1240), '0 of 1,240 new lines pass.');
    assert.equal(pause.banner({ arrived: 0, passed: 0 }, true), 'Paused');
    assert.equal(pause.banner({ arrived: 1, passed: 1 }, false), 'Paused: 1 new line');
    assert.equal(pause.banner({ arrived: 1240, passed: 12 }, false), 'Paused: 1,240 new lines');
    assert.equal(pause.banner({ arrived: 1240, passed: 12 }, true), 'Paused: 12 of 1,240 new lines pass');
    assert.equal(pause.banner({ arrived: 5, passed: 1 }, true), 'Paused: 1 of 5 new lines passes');
  });
});
