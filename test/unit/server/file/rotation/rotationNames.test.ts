import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  isRotationBehind,
  isRotationName,
  namesRotatedTo,
  rotationShape,
  stemOf,
} from '../../../../../src/server/file/rotation/rotationNames';

describe('the name of a rotated file', () => {
  for (const name of [
    'app.log.1',
    'app.log.12',
    'app.log-20261124',
    'app.log.2026-11-24',
    'app.log.2026-11-24_08:00:00',
    'app-2026-11-24.log',
    'app.1.log',
    'app.log.3.gz',
    'app-20261124.log.xz',
  ]) {
    it(`may be ${name} for app.log`, () => assert.ok(isRotationName(name, 'app.log')));
  }

  for (const name of [
    'app.log',
    'app-error.log',
    'app.log.bak',
    'application.log.1',
    'app.log.1x',
    'app2.log',
    'my-app.log.1',
  ]) {
    it(`is not ${name} for app.log`, () => assert.ok(!isRotationName(name, 'app.log')));
  }

  it('takes characters of patterns in the name as they are', () => {
    assert.ok(isRotationName('a+b(1).log.2', 'a+b(1).log'));
    assert.ok(!isRotationName('aab1.log.2', 'a+b(1).log'));
  });

  it('names the logs that it may be a rotation of, and begins as they do', () => {
    const part = fc.stringMatching(/^[a-z0-9._:-]{0,6}$/);
    const extension = fc.constantFrom('', '.log', '.gz', '.1', '-20261124');
    const name = fc.tuple(part, extension, extension).map((parts) => parts.join(''));
    fc.assert(
      fc.property(name, name, (base, mark) => {
        const rotated = base + mark;
        assert.equal(namesRotatedTo(rotated).includes(base), base !== '' && isRotationBehind(rotated, base));
        assert.ok(rotationShape(rotated, base) === undefined || rotated.startsWith(stemOf(base)));
      }),
    );
  });
});
