import { assertSchedules, freshSeed } from '../../support/schedules';

describe('any schedule of faults', () => {
  it('loses no line in silence, doubles none, leaves nothing behind and ends live: 8,000 fixed schedules', () => {
    assertSchedules(1, 8000);
  }).timeout(300_000);

  it('loses no line in silence, doubles none, leaves nothing behind and ends live: 2,000 fresh schedules', () => {
    const seed = freshSeed();
    console.log(`      first fresh seed: ${seed}`);
    assertSchedules(seed, 2000);
  }).timeout(120_000);
});
