import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compileFormats } from '../../../src/records/customFormat';
import { detectLevel } from '../../../src/records/detectLevel';
import { detectTime } from '../../../src/records/detectTime';
import { fieldAt } from '../../../src/records/fieldPath';
import type { ParsedLine } from '../../../src/records/parsedLine';
import { parseLine } from '../../../src/records/parseLine';

const near = Date.UTC(2026, 10, 23, 12);
const local = (hour: number, minute = 0, second = 0, ms = 0) =>
  new Date(2026, 10, 23, hour, minute, second, ms).getTime();

/** What a person would say of a line; fields by path. */
interface Expected extends Partial<Pick<ParsedLine, 'level' | 'time' | 'message'>> {
  readonly fields?: Readonly<Record<string, unknown>>;
}

const samples: Readonly<Record<string, readonly (readonly [line: string, expected: Expected])[]>> = {
  pino: [
    [
      '{"level":30,"time":1795435200000,"pid":7,"hostname":"web","reqId":"r-1","msg":"request completed","res":{"statusCode":200}}',
      { level: 'info', time: 1795435200000, message: 'request completed', fields: { 'res.statusCode': 200, pid: 7 } },
    ],
    [
      '{"level":50,"time":1795435200000,"err":{"type":"Error","stack":"Error: x\\n    at a"},"msg":"boom"}',
      { level: 'error', message: 'boom' },
    ],
  ],
  bunyan: [
    [
      '{"name":"app","hostname":"h","pid":1,"level":40,"msg":"disk almost full","time":"2026-11-23T12:00:00.123Z","v":0}',
      { level: 'warn', time: Date.UTC(2026, 10, 23, 12, 0, 0, 123), message: 'disk almost full' },
    ],
  ],
  winston: [
    [
      '{"level":"error","message":"payment failed","orderId":12,"timestamp":"2026-11-23T12:00:00.000Z"}',
      { level: 'error', message: 'payment failed', fields: { orderId: 12 } },
    ],
  ],
  zap: [
    [
      '{"level":"info","ts":1795435200.123,"caller":"api/main.go:12","msg":"listening","port":80}',
      { level: 'info', time: 1795435200123, message: 'listening', fields: { caller: 'api/main.go:12' } },
    ],
  ],
  OpenTelemetry: [
    [
      '{"Timestamp":"1795435200000000000","SeverityNumber":17,"SeverityText":"ERROR","Body":"timeout","Attributes":{"http.status_code":504}}',
      { level: 'error', time: 1795435200000, message: 'timeout', fields: { 'Attributes.http.status_code': 504 } },
    ],
    [
      '{"timeUnixNano":"1795435200000000000","severityNumber":9,"body":{"stringValue":"started"}}',
      { level: 'info', time: 1795435200000 },
    ],
  ],
  logfmt: [
    [
      'ts=2026-11-23T12:00:00Z level=warn msg="slow query" duration=12.5 table=orders',
      {
        level: 'warn',
        time: Date.UTC(2026, 10, 23, 12),
        message: 'slow query',
        fields: { duration: 12.5, table: 'orders' },
      },
    ],
    ['at=info method=GET path="/a b" status=200', { level: null, fields: { path: '/a b', status: 200 } }],
  ],
  'logback, as Spring Boot has it': [
    [
      '2026-11-23 12:00:00.123  WARN 4242 --- [nio-8080-exec-1] o.s.web.servlet.PageNotFound : No mapping for GET /x',
      {
        level: 'warn',
        time: local(12, 0, 0, 123),
        message: 'No mapping for GET /x',
        fields: { logger: 'o.s.web.servlet.PageNotFound', thread: 'nio-8080-exec-1' },
      },
    ],
    [
      '2026-11-23T12:00:00.123Z  INFO 1 --- [shop] [main] com.shop.Main : Started in 3 s',
      {
        level: 'info',
        time: Date.UTC(2026, 10, 23, 12, 0, 0, 123),
        message: 'Started in 3 s',
        fields: { application: 'shop' },
      },
    ],
  ],
  log4j: [
    [
      '2026-11-23 12:00:00,123 [main] ERROR com.shop.Cart - cannot add',
      { level: 'error', time: local(12, 0, 0, 123), message: 'cannot add', fields: { logger: 'com.shop.Cart' } },
    ],
  ],
  'Python logging': [
    ['WARNING:shop.cart:low stock', { level: 'warn', message: 'low stock', fields: { logger: 'shop.cart' } }],
    [
      '2026-11-23 12:00:00,123 - shop.cart - ERROR - no stock',
      { level: 'error', time: local(12, 0, 0, 123), message: 'no stock' },
    ],
  ],
  'Python servers and loguru': [
    ['INFO:     Started server process [1]', { level: 'info', message: 'Started server process [1]' }],
    [
      '2026-11-23 12:00:00.123 | SUCCESS  | __main__:main:12 - done',
      { level: 'info', time: local(12, 0, 0, 123), message: 'done', fields: { source: '__main__:main:12' } },
    ],
    [
      '[2026-11-23 12:00:00 +0000] [7] [INFO] Booting worker',
      { level: 'info', time: near, message: 'Booting worker', fields: { process: '7' } },
    ],
    ['[2026-11-23 12:00:00,123: ERROR/MainProcess] lost', { level: 'error', message: 'lost' }],
  ],
  'logback, not configured': [
    [
      '12:00:00.123 [main] INFO com.shop.Main -- up',
      { level: 'info', time: local(12, 0, 0, 123), message: 'up', fields: { logger: 'com.shop.Main' } },
    ],
    ['2026-11-23 12:00:00 WARN com.shop.Main - low', { level: 'warn', message: 'low' }],
    ['2026-11-23 12:00:00 ERROR Timeout: no answer', { level: 'error', message: 'Timeout: no answer' }],
  ],
  'logback with a trace': [
    [
      '2026-11-23T12:00:00.123Z  INFO 1 --- [shop] [           main] [65f-1a] com.shop.Main : up',
      { message: 'up', fields: { thread: 'main', trace: '65f-1a', application: 'shop', logger: 'com.shop.Main' } },
    ],
  ],
  'WildFly, Quarkus, Tomcat and Elasticsearch': [
    [
      '2026-11-23 12:00:00,123 INFO  [org.jboss.as] (MSC service thread 1-2) WFLYSRV0049: starting',
      { level: 'info', message: 'WFLYSRV0049: starting', fields: { thread: 'MSC service thread 1-2' } },
    ],
    [
      '23-Nov-2026 12:00:00.123 SEVERE [main] org.apache.catalina.startup.Catalina.start No server',
      { level: 'error', time: local(12, 0, 0, 123), message: 'No server' },
    ],
    [
      '[2026-11-23T12:00:00,123][WARN ][o.e.n.Node               ] [n1] slow',
      { level: 'warn', message: '[n1] slow', fields: { logger: 'o.e.n.Node' } },
    ],
  ],
  "zap's console": [
    [
      '2026-11-23T12:00:00.123Z\tERROR\tapi/main.go:12\tcannot bind\t{"port": 80}',
      { level: 'error', message: 'cannot bind', fields: { port: 80, caller: 'api/main.go:12' } },
    ],
  ],
  'JSON of many kinds': [
    [
      '{"name":"a","level":40,"msg":"valid until 2020-01-01T00:00:00Z","time":"2026-11-23T12:00:00.000Z"}',
      { level: 'warn', time: near, message: 'valid until 2020-01-01T00:00:00Z' },
    ],
    ['{"msg":"level=error seen","level":"info"}', { level: 'info', message: 'level=error seen' }],
    ['{"@timestamp":"2026-11-23T12:00:00.000Z","log":{"level":"warn"},"message":"x"}', { level: 'warn', time: near }],
    ['{"version":"1.1","host":"h","short_message":"x","level":3,"timestamp":1795435200.5}', { level: 'error' }],
    ['{"time":"2026-11-23T12:00:00Z","level":"INFO+2","msg":"slog"}', { level: 'info', time: near }],
    ['{"level":"\\u001b[31merror\\u001b[39m","message":"\\u001b[1mx\\u001b[0m"}', { level: 'error', message: 'x' }],
    ['{"severityText":"","severityNumber":9,"body":"x"}', { level: 'info', message: 'x' }],
    [
      '{"PRIORITY":"4","MESSAGE":"x","__REALTIME_TIMESTAMP":"1795435200000000"}',
      { level: 'warn', time: 1795435200000 },
    ],
    [
      '{"log":"level=warn msg=low a=1\\n","stream":"stderr","time":"2026-11-23T12:00:00.5Z"}',
      { level: 'warn', time: near + 500, message: 'low', fields: { a: 1, stream: 'stderr' } },
    ],
  ],
  "syslog in rsyslog's files and Heroku's": [
    [
      '2026-11-23T12:00:00.123456+00:00 web sshd[42]: Accepted publickey',
      { level: null, time: near + 123.456, message: 'Accepted publickey', fields: { host: 'web', process: '42' } },
    ],
    ['2026-11-23T12:00:00.123456+00:00 app[web.1]: up', { message: 'up', fields: { process: 'web.1' } }],
    ['<13>Nov 23 12:00:00 cron: no host', { message: 'no host', fields: { application: 'cron' } }],
  ],
  "Apache's error log, and virtual hosts": [
    [
      '[Mon Nov 23 12:00:00.123456 2026] [core:error] [pid 35:tid 43] [client 1.2.3.4:5] no file',
      {
        level: 'error',
        time: local(12) + 123.456,
        message: 'no file',
        fields: { client: '1.2.3.4:5', module: 'core' },
      },
    ],
    [
      'shop.test:443 1.2.3.4 - - [23/Nov/2026:12:00:00 +0000] "GET / HTTP/1.1" 404 2 "-" "x"',
      { level: 'warn', time: near, fields: { host: 'shop.test:443', client: '1.2.3.4' } },
    ],
  ],
  'syslog, RFC 3164': [
    [
      '<34>Nov 23 12:00:00 web su[42]: failed for root',
      {
        level: 'fatal',
        time: local(12),
        message: 'failed for root',
        fields: { host: 'web', application: 'su', process: '42' },
      },
    ],
    ['Nov 23 12:00:00 web systemd[1]: Started nginx.', { level: null, time: local(12), message: 'Started nginx.' }],
  ],
  'syslog, RFC 5424': [
    [
      '<165>1 2026-11-23T12:00:00.003Z web evntslog - ID47 [x@1 iut="3"] An application event',
      {
        level: 'info',
        time: Date.UTC(2026, 10, 23, 12, 0, 0, 3),
        message: 'An application event',
        fields: { host: 'web', id: 'ID47' },
      },
    ],
  ],
  'access logs': [
    [
      '127.0.0.1 - frank [23/Nov/2026:12:00:00 +0100] "GET /a.gif HTTP/1.0" 200 2326',
      {
        level: 'info',
        time: Date.UTC(2026, 10, 23, 11),
        fields: { status: 200, method: 'GET', path: '/a.gif', user: 'frank', bytes: 2326 },
      },
    ],
    [
      '::1 - - [23/Nov/2026:12:00:00 +0000] "POST /login HTTP/1.1" 503 0 "https://x.test/" "curl/8"',
      { level: 'error', fields: { status: 503, agent: 'curl/8', referrer: 'https://x.test/' } },
    ],
  ],
  "nginx's error log": [
    [
      '2026/11/23 12:00:00 [error] 29#29: *1 open() "/x" failed',
      { level: 'error', time: local(12), message: 'open() "/x" failed', fields: { connection: '1' } },
    ],
  ],
  'Docker and Kubernetes': [
    [
      'web-1  | {"level":30,"time":1795435200000,"msg":"up"}',
      { level: 'info', message: 'up', fields: { container: 'web-1' } },
    ],
    [
      '2026-11-23T12:00:00.123456789Z stdout F level=info msg="up" a=1',
      { level: 'info', message: 'up', fields: { stream: 'stdout', a: 1 } },
    ],
    [
      '2026-11-23T12:00:00.123456789Z plain words',
      { message: 'plain words', time: Date.UTC(2026, 10, 23, 12) + 123.456789 },
    ],
    [
      'web-1  | ::1 - - [23/Nov/2026:12:00:00 +0000] "GET / HTTP/1.1" 500 2',
      { level: 'error', time: near, fields: { container: 'web-1', status: 500 } },
    ],
    [
      'web-1  | I1123 12:00:00.123456       1 server.go:42] serving',
      { level: 'info', time: local(12) + 123.456, message: 'serving' },
    ],
    [
      'web.1.x7@node1    | level=warn msg=low',
      { level: 'warn', message: 'low', fields: { container: 'web.1.x7@node1' } },
    ],
    ['2026-11-23T12:00:00.123456789Z stderr F', { message: '', fields: { stream: 'stderr' } }],
    ['[pod/web-7d4/app] WARNING:x:low', { level: 'warn', message: 'low', fields: { pod: 'web-7d4' } }],
    [
      'I1123 12:00:00.123456    1234 server.go:42] serving',
      { level: 'info', message: 'serving', fields: { source: 'server.go:42' } },
    ],
  ],
  'a time and a level': [
    ['2026-11-23T12:00:00Z [ERROR] no route', { level: 'error', message: 'no route' }],
    ['\u001b[32m2026-11-23T12:00:00Z\u001b[0m \u001b[33mWARN\u001b[0m careful', { level: 'warn', message: 'careful' }],
  ],
};

describe('a line is read as', () => {
  for (const [name, lines] of Object.entries(samples)) {
    it(name, () => {
      for (const [line, expected] of lines) {
        const parsed = parseLine(line, near);
        assert.ok(parsed.format !== null, line);
        for (const key of ['level', 'time', 'message'] as const) {
          if (key in expected) {
            assert.equal(parsed[key], expected[key], `${key} of ${line}`);
          }
        }
        for (const [path, value] of Object.entries(expected.fields ?? {})) {
          assert.deepEqual(fieldAt(parsed.fields ?? {}, path), value, `${path} of ${line}`);
        }
      }
    });
  }
});

describe('reading a line', () => {
  it('finds the level and the time that are found without taking it apart, as the index of a store does', () => {
    for (const [line] of Object.values(samples).flat()) {
      const { level, time } = parseLine(line, near);
      assert.equal(detectLevel(line), level, line);
      assert.equal(detectTime(line, near), time, line);
    }
  });

  it('takes no level from names that every object has', () => {
    for (const line of ['level=constructor a=1', '{"level":"constructor"}', '{"level":"__proto__"}']) {
      assert.equal(detectLevel(line), null, line);
      assert.equal(parseLine(line, near).level, null, line);
    }
  });

  it('takes a late hour without a date, read just after midnight, for the day before', () => {
    const midnight = new Date(2026, 10, 23).getTime();
    assert.equal(detectTime('23:59:59.500 [main] INFO x', midnight + 1000), midnight - 500);
    assert.equal(detectTime('00:00:00.500 [main] INFO x', midnight - 1000), midnight + 500);
  });

  it('leaves prose, and what only looks like a format, as it is', () => {
    for (const line of ['hello world', '{not json', 'a = b', '[]', 'id | name', '{"a":1', 'x=1 and more words']) {
      assert.deepEqual(parseLine(line, near).fields, null, line);
      assert.equal(parseLine(line, near).message, line);
    }
  });

  it('never fails, whatever the line holds', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '"',
      '=',
      '[',
      ']',
      '<34>',
      ' ',
      ':',
      '\\',
      '__proto__',
      'constructor',
      '2026-11-23T12:00:00Z',
      'level',
      '1',
      'stdout F',
      '| ',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(piece).map((all) => all.join('')),
        ),
        (line) => {
          const { time, message } = parseLine(line, near);
          assert.ok(time === null || !Number.isNaN(new Date(time).getTime()));
          assert.equal(typeof message, 'string');
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('takes a line that nests without end as text', () => {
    const line = `{"msg":${'['.repeat(30_000)}${']'.repeat(30_000)}}`;
    assert.deepEqual(parseLine(line, near).fields, null);
  });

  it('is not misled by fields named like what every object has', () => {
    const parsed = parseLine('{"__proto__":{"level":"error"},"constructor":1,"msg":"x"}', near);
    assert.equal(parsed.message, 'x');
    assert.equal(fieldAt(parsed.fields ?? {}, 'toString'), undefined);
    assert.equal(({} as { level?: unknown }).level, undefined);
  });
});

describe("a format of a person's own", () => {
  it('gives time, level, message and fields by the names of its groups', () => {
    const { formats, problems } = compileFormats([
      { name: 'mine', pattern: '^(?<level>\\w+)!(?<time>\\S+)!(?<user>\\w+)!(?<message>.*)$' },
    ]);
    assert.deepEqual(problems, []);
    const parsed = parseLine('warn!2026-11-23T12:00:00Z!ann!hello', near, formats);
    assert.deepEqual(
      { ...parsed, fields: { ...parsed.fields } },
      {
        format: 'mine',
        level: 'warn',
        time: near,
        message: 'hello',
        fields: { level: 'warn', time: '2026-11-23T12:00:00Z', user: 'ann', message: 'hello' },
      },
    );
  });

  it('is refused in one sentence when it is no pattern, or one that could take forever', () => {
    const { formats, problems } = compileFormats([
      { name: 'a', pattern: '(' },
      { name: 'b', pattern: '^(a+)+$' },
    ]);
    assert.equal(formats.length, 0);
    assert.match(problems[0] ?? '', /is not a regular expression/);
    assert.match(problems[1] ?? '', /can take forever/);
  });

  it('reads what loggers write, however it is written', () => {
    const line = `2026-11-23 12:00:00,123 - shop.cart - WARNING - ${'x'.repeat(200)}`;
    for (const pattern of [
      '^(?<time>.*?) - (?<logger>.*?) - (?<level>\\w+) - (?<message>.*)$',
      '^(?<time>[^ ]+ [^ ]+) - (?<logger>\\S+) - (?<level>\\w+) - (?<message>.*)$',
    ]) {
      const { formats, problems } = compileFormats([{ name: 'python', pattern }]);
      assert.deepEqual(problems, []);
      assert.equal(parseLine(line, near, formats).fields?.logger, 'shop.cart', pattern);
    }
  });

  it('takes a moment, whatever the line: one that could take it longer is not of it, and the person is told', () => {
    const pattern = '^(?<a>.*?)-(?<b>.*?)-(?<c>.*?)-(?<message>\\w+)!$';
    const { formats, problems, limits } = compileFormats([{ name: 'mine', pattern }]);
    assert.deepEqual(problems, []);
    assert.match(limits[0] ?? '', /reads only lines of up to \d+ characters/);
    assert.equal(parseLine('1-2-3-four!', near, formats).format, 'mine');
    const began = performance.now();
    assert.notEqual(parseLine('-'.repeat(60_000), near, formats).format, 'mine');
    assert.ok(performance.now() - began < 100);
    const hopeless = compileFormats([{ name: 'mine', pattern: '^.*,.*,.*,.*,.*,.*,.*,z' }]);
    assert.equal(hopeless.formats.length, 0);
    assert.match(hopeless.problems[0] ?? '', /reads (no line|only lines)/);
  });
});
