import assert from 'node:assert/strict';
import fc from 'fast-check';
import { startsEntry, verdictOfFirstBytes } from '../../../src/records/entryStart';

const encoder = new TextEncoder();

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
  'Rust until 1.72': [
    "thread 'main' panicked at 'index out of bounds', src/main.rs:3:5",
    'stack backtrace:',
    '   0: rust_begin_unwind',
    'note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace',
  ],
  'Rust since 1.73': [
    "thread 'main' panicked at src/main.rs:3:5:",
    'index out of bounds: the len is 3 but the index is 7',
    'stack backtrace:',
    '   0: rust_begin_unwind',
    'note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace',
  ],
  'docker compose': ['web-1  | Error: no', 'web-1  |     at add (/app/cart.js:1:2)', 'web-1  | '],
  'Rust behind a prefix, with the number of the thread': [
    "[pod/shop-7d4/app] thread 'tokio-runtime-worker' (4711) panicked at /app/src/stock.rs:12:34:",
    '[pod/shop-7d4/app] called `Option::unwrap()` on a `None` value',
    '[pod/shop-7d4/app] note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace',
  ],
  'Python, of a class that is not called an error': [
    'ERROR shop.pay cannot pay',
    'Traceback (most recent call last):',
    '  File "/app/pay.py", line 31, in pay',
    '    charge(card)',
    '  File "/app/charge.py", line 7, in charge',
    '    raise PaymentDeclined("no funds")',
    'myapp.errors.PaymentDeclined: no funds',
  ],
  'Python 3.11, which marks the place': [
    'INFO before',
    'Traceback (most recent call last):',
    '  File "/app/pay.py", line 31, in pay',
    '    charge(card)',
    '    ~~~~~~^^^^^^',
    'botocore.errorfactory.NoSuchKey: An error occurred (NoSuchKey) when calling the GetObject operation',
  ],
  'Python 3.13, which shows a call of several lines': [
    'INFO before',
    'Traceback (most recent call last):',
    '  File "/app/pay.py", line 31, in <module>',
    '    charge(',
    '    ~~~~~~^',
    '        card,',
    '        ^^^^^',
    '    )',
    '    ^',
    'socket.timeout: timed out',
  ],
  'Python without its source, and of a class in a function': [
    'INFO before',
    'Traceback (most recent call last):',
    '  File "<stdin>", line 1, in <module>',
    'queue.Empty',
    '',
    'During handling of the above exception, another exception occurred:',
    '',
    'Traceback (most recent call last):',
    '  File "<stdin>", line 3, in <module>',
    'shop.test.<locals>.Declined: no',
  ],
  'Python in a container, with the time in front': [
    '2026-11-23T08:00:00.123456789Z ERROR cannot pay',
    '2026-11-23T08:00:00.123456789Z Traceback (most recent call last):',
    '2026-11-23T08:00:00.123456789Z   File "/app/pay.py", line 31, in pay',
    '2026-11-23T08:00:00.123456789Z     charge(card)',
    '2026-11-23T08:00:00.123456789Z myapp.errors.PaymentDeclined: no funds',
  ],
  'a container runtime': [
    '2026-11-23T08:00:00.123456789Z stderr F Error: no stock',
    '2026-11-23T08:00:00.123456789Z stderr F     at foo (a.js:1:2)',
    '2026-11-23T08:00:00.12Z stderr F     at bar (a.js:3:4)',
    '2026-11-23T09:00:00.123456789+01:00 stderr F Caused by: java.io.IOException',
    '2026-11-23T08:00:00Z stderr F ',
  ],
  'a container runtime, cut into parts': [
    '2026-11-23T08:00:00.123456789Z stdout P {"level":"info","message":"a long',
    '2026-11-23T08:00:00.123456789Z stdout P  line of which',
    '2026-11-23T08:00:00.123456789Z stdout F 3 parts came"}',
  ],
  'docker logs --timestamps': [
    '2026-11-23T08:00:00.123456789Z Error: no stock',
    '2026-11-23T08:00:00.123456789Z     at foo (a.js:1:2)',
    '2026-11-23T08:00:00.123456789Z ',
  ],
  'kubectl logs --prefix --timestamps': [
    '[pod/shop-7d4/app] 2026-11-23T08:00:00.123456789Z Error: no stock',
    '[pod/shop-7d4/app] 2026-11-23T08:00:00.123456789Z     at foo (a.js:1:2)',
  ],
  'lines that end with a carriage return': ['INFO one', '\r'],
};

describe('an entry', () => {
  for (const [name, [first = '', ...others]] of Object.entries(entries)) {
    it(`of ${name} is its first line and what goes on with it`, () => {
      assert.equal(startsEntry(first), true, first);
      others.forEach((line, at) => {
        const above = (distance: number) => [first, ...others][at + 1 - distance];
        assert.equal(startsEntry(line === '\r' ? '' : line, above), false, line);
      });
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

  it('is begun by a line that follows a traceback or a panic', () => {
    for (const lines of [
      // A whole traceback: the line of the exception stands between.
      ['  File "/app/pay.py", line 31, in pay', '    charge(card)', 'socket.timeout: timed out', 'INFO: went on'],
      ['  File "/app/pay.py", line 31, in pay', '    charge(card)', 'socket.timeout: timed out', 'Done: 3 orders'],
      // Python's logging shows where a line was logged (stack_info), without an exception.
      ['  File "/app/pay.py", line 31, in pay', '    log.info("x", stack_info=True)', 'WARNING: slow'],
      ['  File "/app/pay.py", line 31, in pay', '    charge(card)', 'INFO shop.pay went on'],
      ['  File "/app/pay.py", line 31, in pay', '    charge(card)', '2026-11-23 08:00:00 INFO went on'],
      ['  indented', 'Done: 3 orders'],
      ["thread 'main' panicked at src/main.rs:3:5:", 'explicit panic', 'INFO went on'],
      ["thread 'main' panicked at 'no stock', src/main.rs:3:5", 'INFO went on'],
      ['ERROR worker panicked at noon:', 'INFO went on'],
    ]) {
      assert.equal(
        startsEntry(lines.at(-1) as string, (distance) => lines.at(-1 - distance)),
        true,
        lines.join('\n'),
      );
    }
  });

  it('is begun in a container by a line that goes on with nothing', () => {
    const above = (line: string) => (distance: number) => (distance === 1 ? line : undefined);
    const time = '2026-11-23T08:00:00.123456789Z';
    for (const [before, line] of [
      [`${time} stdout F whole`, `${time} stdout F next`],
      // Parts of the two streams are written in between each other.
      [`${time} stdout P part of`, `${time} stderr F ERROR no stock`],
      [`${time} stdout P part of`, `${time} INFO no container's line`],
      [`${time} INFO one`, `${time} {"level":30}`],
      // Rust's tracing, with nine digits of a second of its own and the levels aligned.
      [`${time}  INFO shop: one`, `${time}  WARN shop: two`],
      ['', '2026-11-23T08:00:00.123Z stdin is closed'],
    ] as const) {
      assert.equal(startsEntry(line, above(before)), true, line);
    }
  });

  it('is told without a look at the lines above where a line begins with a time, a quote or a brace', () => {
    for (const line of ['2026-01-01T12:00:09.123Z INFO up', '08:00:00 up', '"a"', '{"level":30}', '<6>up', '']) {
      startsEntry(line, () => assert.fail(line));
    }
  });

  it('that begins with a plain word takes one look above, with a class-like word a few', () => {
    for (const [line, most] of [
      ['INFO up', 1],
      ['[INFO] up', 1],
      ['Done: 3', 8],
    ] as const) {
      let looks = 0;
      startsEntry(line, (distance) => {
        looks = Math.max(looks, distance);
        return '    indented';
      });
      assert.ok(looks <= most, `${line}: ${looks}`);
    }
  });

  it('is told by the first byte alone only where the rest could not tell otherwise', () => {
    assert.equal(verdictOfFirstBytes(encoder.encode('\r')), 'unknown');
    for (const [name, [, ...others]] of Object.entries(entries)) {
      for (const line of others) {
        assert.notEqual(verdictOfFirstBytes(encoder.encode(line)), 'starts', `${name}: ${line}`);
      }
    }
    const pieces = fc.constantFrom(
      '2026-11-23T08:00:00',
      '.123456789',
      '.1',
      'Z',
      '+01:00',
      ' ',
      'stdout',
      ' F ',
      '7',
      '"',
      'a',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
        const line = parts.join('');
        const verdict = verdictOfFirstBytes(encoder.encode(line));
        assert.ok(verdict === 'unknown' || (verdict === 'starts') === startsEntry(line), line);
      }),
      { numRuns: 2000 },
    );
  });

  it('is found as fast in a line made to be slow: dots, a long name, brackets', () => {
    const unit = fc.constantFrom('.', 'a', 'a.', '(', ')', '/', '*', '[', ']', '$', 'A', ' ');
    const text = fc.tuple(fc.array(unit, { minLength: 1, maxLength: 4 }), fc.constantFrom('', '!', '(', ')', ' x)'));
    fc.assert(
      fc.property(text, ([units, end]) => {
        const started = performance.now();
        const line = units.join('').repeat(5000) + end;
        startsEntry(line, () => line);
        startsEntry('a.b: c', () => `  File "${line}`);
        startsEntry('a', () => `thread '${line}' panicked at ${line}:1:`);
        assert.ok(performance.now() - started < 200, units.join(''));
      }),
      { numRuns: 300 },
    );
  });
});
