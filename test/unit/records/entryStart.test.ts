import assert from 'node:assert/strict';
import fc from 'fast-check';
import { startsEntry, verdictOfFirstByte } from '../../../src/records/entryStart';

/** Entries as those runtimes print them: the first line starts one, the others go on with it. */
const entries: Readonly<Record<string, readonly string[]>> = {
  Java: [
    '2026-11-23 12:00:00,123 [main] ERROR com.shop.Cart - cannot add',
    'java.lang.IllegalStateException: no stock',
    '\tat com.shop.Cart.add(Cart.java:42)',
    '\tat java.base/java.lang.Thread.run(Thread.java:833)',
    '\t... 12 common frames omitted',
    'Caused by: java.sql.SQLTransientConnectionException: timed out',
    '... 3 more',
    'Suppressed: java.io.IOException',
  ],
  Python: [
    'ERROR:shop.cart:cannot add',
    'Traceback (most recent call last):',
    '  File "/app/cart.py", line 3, in add',
    '    stock.take()',
    'ValueError: no stock',
    '',
    'During handling of the above exception, another exception occurred:',
    'KeyboardInterrupt',
  ],
  Node: [
    'Error: listen EADDRINUSE: address already in use :::80',
    '    at Server.setupListenHandle [as _listen2] (node:net:1817:16)',
    '\u001b[90m    at node:internal/process/task_queues:95:5\u001b[39m {',
    "  code: 'EADDRINUSE'",
    '}',
    '',
    'Node.js v20.19.0',
  ],
  Go: [
    'panic: runtime error: index out of range [3] with length 3',
    '',
    'goroutine 1 [running]:',
    'main.(*Cart).Add(0xc000012345, {0x1, 0x2})',
    '\t/go/src/shop/cart.go:12 +0x1d',
    'net/http.HandlerFunc.ServeHTTP(0x0?, {0x7f, 0xc0})',
    'github.com/shop/api.(*Server[...]).Serve(...)',
    'main.main()',
    'panic({0x4a2b80?, 0xc000014018?})',
    'created by net/http.(*Server).Serve in goroutine 1',
    'exit status 2',
  ],
  '.NET': [
    'Unhandled exception. System.InvalidOperationException: no stock',
    ' ---> System.TimeoutException: late',
    '   at Shop.Cart.Add() in C:\\src\\Cart.cs:line 9',
    '--- End of stack trace from previous location ---',
  ],
  Rust: [
    "thread 'main' panicked at src/main.rs:3:5:",
    'stack backtrace:',
    '   0: rust_begin_unwind',
    'note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace',
  ],
  'docker compose': ['web-1  | Error: no', 'web-1  |     at add (/app/cart.js:1:2)', 'web-1  | '],
  'lines that end with a carriage return': ['INFO one', '\r'],
};

describe('an entry', () => {
  for (const [name, [first = '', ...others]] of Object.entries(entries)) {
    it(`of ${name} is its first line and what goes on with it`, () => {
      assert.equal(startsEntry(first), true, first);
      for (const line of others) {
        assert.equal(startsEntry(line === '\r' ? '' : line), false, line);
      }
    });
  }

  it('is begun by lines that only resemble a frame', () => {
    for (const line of [
      '[INFO] x',
      'GET /a.b(c) 200',
      'see config.get(x) for more',
      '{"level":30}',
      '- done',
      '..........',
      'web-1  | started',
      '\u001b[32mINFO\u001b[0m up',
      'main.go:12: up',
    ]) {
      assert.equal(startsEntry(line), true, line);
    }
  });

  it('is told by the first byte alone only where the rest could not tell otherwise', () => {
    assert.equal(verdictOfFirstByte(0x0d), 'unknown');
    for (const line of Object.values(entries).flatMap(([, ...others]) => others)) {
      assert.notEqual(verdictOfFirstByte(new TextEncoder().encode(line)[0]), 'starts', line);
    }
  });

  it('is found as fast in a line made to be slow: dots, a long name, brackets', () => {
    const unit = fc.constantFrom('.', 'a', 'a.', '(', ')', '/', '*', '[', ']', '$', 'A', ' ');
    const text = fc.tuple(fc.array(unit, { minLength: 1, maxLength: 4 }), fc.constantFrom('', '!', '(', ')', ' x)'));
    fc.assert(
      fc.property(text, ([units, end]) => {
        const started = performance.now();
        startsEntry(units.join('').repeat(5000) + end);
        assert.ok(performance.now() - started < 200, units.join(''));
      }),
      { numRuns: 300 },
    );
  });
});
