import assert from 'node:assert/strict';
import { Access, TICKET_MS } from '../../../../src/server/http/access';
import { drawSecret } from '../../../../src/server/secret';
import { FakeClock } from '../../../support/fakeClock';

function setUp(token: string | undefined = 'sesame') {
  const clock = new FakeClock();
  let drawn = 0;
  const access = new Access(token, clock, () => `secret-${++drawn}`);
  return { clock, access };
}

describe('access to a server', () => {
  it('has whoever shows its token', () => {
    const { access } = setUp();
    assert.equal(access.isGuarded, true);
    assert.equal(access.accepts('sesame'), true);
    for (const wrong of [undefined, '', 'Sesame', 'sesame ', 'sesam']) {
      assert.equal(access.accepts(wrong), false, wrong);
    }
  });

  it('has everybody where no token is wanted', () => {
    const access = new Access(undefined, new FakeClock(), drawSecret);
    assert.equal(access.isGuarded, false);
    assert.equal(access.accepts(undefined), true);
    assert.equal(access.accepts('any'), true);
  });

  it('has a page with the token that it got for its ticket, for as long as the server runs', () => {
    const { access, clock } = setUp();
    const ticket = access.issueTicket();
    assert.equal(access.accepts(ticket), false, 'a ticket is no token');
    const redeemed = access.redeem(ticket);
    assert.ok(redeemed.kind === 'token');
    clock.advance(30 * 24 * 3_600_000);
    assert.equal(access.accepts(redeemed.token), true);
    assert.deepEqual(access.redeem(redeemed.token), { kind: 'spent' }, 'a token is no ticket');
  });

  it('is given once for a ticket, and by each to another page', () => {
    const { access } = setUp();
    const [first, second] = [access.issueTicket(), access.issueTicket()];
    const [one, two] = [access.redeem(first), access.redeem(second)];
    assert.ok(one.kind === 'token' && two.kind === 'token' && one.token !== two.token);
    assert.deepEqual(access.redeem(first), { kind: 'spent' });
    assert.ok(access.accepts(one.token) && access.accepts(two.token));
  });

  it('is given for two minutes', () => {
    const { access, clock } = setUp();
    const [early, late] = [access.issueTicket(), access.issueTicket()];
    clock.advance(TICKET_MS);
    assert.equal(access.redeem(early).kind, 'token');
    clock.advance(1);
    assert.deepEqual(access.redeem(late), { kind: 'spent' });
  });

  it('slows down those who try tickets, and never keeps the right one out', () => {
    const { access, clock } = setUp();
    const ticket = access.issueTicket();
    const tries = Array.from({ length: 12 }, (_, at) => access.redeem(`try ${at}`).kind);
    assert.deepEqual(tries, [...new Array(10).fill('spent'), 'tooMany', 'tooMany']);
    assert.equal(access.redeem(ticket).kind, 'token');
    clock.advance(1000);
    assert.equal(access.redeem('again').kind, 'spent');
    assert.equal(access.redeem('again').kind, 'tooMany');
  });

  it('keeps no more tickets and pages than people open', () => {
    const { access } = setUp();
    const tickets = Array.from({ length: 21 }, () => access.issueTicket());
    assert.equal(access.redeem(tickets[0] as string).kind, 'spent');
    assert.equal(access.redeem(tickets[1] as string).kind, 'token');
    const tokens = Array.from({ length: 201 }, () => {
      const redeemed = access.redeem(access.issueTicket());
      return redeemed.kind === 'token' ? redeemed.token : '';
    });
    assert.equal(access.accepts(tokens[0]), false);
    assert.equal(access.accepts(tokens[1]), true);
    assert.equal(access.accepts(tokens[200]), true);
  });

  it('is kept by secrets of 256 bits that fit into an address', () => {
    const secrets = new Set(Array.from({ length: 100 }, drawSecret));
    assert.equal(secrets.size, 100);
    for (const secret of secrets) {
      assert.match(secret, /^[\w-]{43}$/);
    }
  });
});
