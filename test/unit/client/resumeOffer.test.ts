import assert from 'node:assert/strict';
import fc from 'fast-check';
import { offerResume } from '../../../src/client/resumeOffer';
import { LIMITS } from '../../../src/protocol/limits';
import type { HelloMessage, ResumePosition } from '../../../src/protocol/messages';

const hello: HelloMessage = { type: 'hello', version: 1, clientId: 'c'.repeat(32), heartbeatMs: 9000, lines: 10 };

function position(source: string, cursor: string | null = null): ResumePosition {
  return { source, epoch: 'e', nextSeq: 1, cursor };
}

const positions = fc.array(
  fc.record({
    source: fc.string({ unit: 'grapheme', maxLength: 60 }),
    epoch: fc.string(),
    nextSeq: fc.maxSafeInteger(),
    cursor: fc.option(fc.string({ maxLength: 400 })),
  }),
  { maxLength: 60 },
);

describe('what a client tells of where it stands', () => {
  const bytes = (message: object) => Buffer.byteLength(JSON.stringify(message));

  it('is parted into messages none of which is too long, and says of each source once, or that it is left out', () => {
    fc.assert(
      fc.property(positions, fc.integer({ min: 0, max: 4000 }), (stands, most) => {
        const { hello: sent, parts, leftOut } = offerResume(hello, stands, most);
        assert.ok(bytes(sent) <= most || sent.resume === undefined);
        for (const part of parts) {
          assert.ok(bytes(part) <= most);
        }
        assert.equal(sent.resumeParts ?? 0, parts.length);
        const told = [...(sent.resume ?? []), ...parts.flatMap((part) => part.positions)];
        assert.deepEqual(
          told,
          stands.filter((each) => told.includes(each)),
        );
        assert.deepEqual(
          leftOut,
          stands.filter((each) => !told.includes(each)).map(({ source }) => source),
        );
      }),
    );
  });

  it('is one hello where it fits, as servers without parts know it', () => {
    const stands = [position('a'), position('b')];
    assert.deepEqual(offerResume(hello, stands), { hello: { ...hello, resume: stands }, parts: [], leftOut: [] });
    assert.deepEqual(offerResume(hello, []), { hello, parts: [], leftOut: [] });
  });

  it('leaves nothing out of 10,000 sources', () => {
    const stands = Array.from({ length: 10_000 }, (_, at) => position(`/var/log/${at}.log`, 'x'.repeat(300)));
    const { parts, leftOut } = offerResume(hello, stands);
    assert.deepEqual(leftOut, []);
    assert.ok(parts.length > 10 && parts.length <= LIMITS.resumeParts);
  });
});
