import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findLinks } from '../../../src/records/links';

/** The links of a text, as `path:line:column` or the address. */
const linksOf = (text: string) =>
  findLinks(text).map((link) =>
    link.kind === 'url'
      ? link.href
      : [link.path, link.line, link.column].filter((part) => part !== undefined).join(':'),
  );

const cases: readonly (readonly [text: string, ...links: string[]])[] = [
  ['see https://example.com/a?b=c.', 'https://example.com/a?b=c'],
  ['(http://x.test/a_(b))', 'http://x.test/a_(b)'],
  ['at com.shop.Cart.add(Cart.java:42)', 'Cart.java:42'],
  ['  File "/app/shop/cart.py", line 3, in add', '/app/shop/cart.py:3'],
  ['    at add (/app/src/cart.ts:12:34)', '/app/src/cart.ts:12:34'],
  ['    at file:///app/src/cart.mjs:1:2', '/app/src/cart.mjs:1:2'],
  ['\t/go/src/shop/main.go:12 +0x1d', '/go/src/shop/main.go:12'],
  ['   at Shop.Cart.Add() in C:\\src\\Cart.cs:line 9', 'C:\\src\\Cart.cs:9'],
  ["thread 'main' panicked at src/main.rs:3:5:", 'src/main.rs:3:5'],
  ['src/cart.ts(3,5): error TS2322', 'src/cart.ts:3:5'],
  ['webpack:///./src/app.js:7:1', 'src/app.js:7:1'],
  ['C:\\a\\b.ts:10:2 failed', 'C:\\a\\b.ts:10:2'],
  ['    at Object.<anonymous> (/a/my shop/[id]/b.js:1:2)', '/a/my shop/[id]/b.js:1:2'],
  ['    at add (C:\\Users\\Ann B\\cart.js:1:2)', 'C:\\Users\\Ann B\\cart.js:1:2'],
  ['    at add (file:///a/my%20shop/cart.mjs:1:2)', '/a/my shop/cart.mjs:1:2'],
  ['    at file:///C:/a%20b/cart.mjs:1:2', 'C:/a b/cart.mjs:1:2'],
  ['webpack-internal:///./src/app.tsx:7:1', 'src/app.tsx:7:1'],
  [
    '   4: std::panicking::begin at /rustc/9fc6b431/library/std/src/panicking.rs:597:5',
    '/rustc/9fc6b431/library/std/src/panicking.rs:597:5',
  ],
  ["/app/cart.rb:12:in 'add'", '/app/cart.rb:12'],
  ['src/cart.c:3:5: error: no', 'src/cart.c:3:5'],
  ['\tat java.base/java.lang.Thread.run(Thread.java:833) ~[app.jar:1.0]', 'Thread.java:833'],
  ['    at node:internal/process/task_queues:95:5'],
  ['  File "<stdin>", line 1, in <module>'],
  ['connecting to mysql.prod:3306, redis.cache:6379 and kafka-0.kafka.svc:9092'],
  ['23/Nov/2026:12:00:00 +0100 and 2026-11-23T12:00:00.123Z'],
  ['12:30:45.123 started'],
  ['listening on localhost:8000, 10.0.0.1:80, db.example.com:5432 and 0.0.0.0:443'],
  ['version 1.2.3:4 of foo:12'],
  ['javascript:alert(1) data:text/html,x file:///etc/passwd'],
];

describe('links in a line', () => {
  for (const [text, ...links] of cases) {
    it(`of "${text.trim()}" are ${links.length === 0 ? 'none' : links.join(', ')}`, () => {
      assert.deepEqual(linksOf(text), links);
    });
  }

  it('lie in the text, in order, none inside another, and lead only to http and https', () => {
    const piece = fc.constantFrom(
      'http://',
      'https://a',
      'a.ts:1',
      '/',
      '\\',
      ':',
      '(',
      ')',
      'File "',
      '", line 2',
      ' ',
      '.',
      'x',
      '1',
      'in C:\\',
      '(/',
      ':1:2)',
      'file://',
      '%',
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 60 }).map((all) => all.join('')),
        (text) => {
          let before = 0;
          for (const link of findLinks(text)) {
            assert.ok(link.start >= before && link.end > link.start && link.end <= text.length);
            before = link.end;
            if (link.kind === 'url') {
              assert.match(link.href, /^https?:\/\//);
            }
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('are found in a line made to be slow in as much time as in any other', () => {
    for (const text of [
      'a/'.repeat(4000),
      'a.'.repeat(4000),
      `${'a'.repeat(8000)}.`,
      'http://'.repeat(1000),
      'File "'.repeat(1300),
    ]) {
      assert.ok(findLinks(text).length <= 50);
    }
  });
});
