import { assertSchedules } from '../../support/schedules';

describe('a schedule of faults', () => {
  // The first few of those that the integration stage plays by the thousand.
  it('loses no line in silence, doubles none, leaves nothing behind and ends live', () => {
    assertSchedules(1, 100);
  }).timeout(60_000);
});
