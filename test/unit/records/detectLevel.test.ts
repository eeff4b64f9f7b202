import assert from 'node:assert/strict';
import { detectLevel } from '../../../src/records/detectLevel';

describe('the level of a line', () => {
  for (const [line, level] of [
    ['2026-11-24 08:00:00,123 INFO  [main] com.example.App - started', 'info'],
    ['2026-11-24T08:00:00.123Z ERROR [web] failed', 'error'],
    ['[WARN] disk almost full', 'warn'],
    ['WARNING:root:careful', 'warn'],
    ['{"level":30,"msg":"pino"}', 'info'],
    ['{"level":50,"msg":"pino"}', 'error'],
    ['{"level":"debug","message":"winston"}', 'debug'],
    ['{"severity":"CRITICAL","message":"cloud"}', 'fatal'],
    ['time=2026-11-24T08:00:00Z level=warn msg="slow"', 'warn'],
    ['E1124 08:00:00.000000   12 file.go:33] klog error', 'error'],
    ['I1124 08:00:00.000000   12 file.go:33] klog info', 'info'],
    ['\u001b[32minfo\u001b[39m: npm style', 'info'],
    ['2026/11/24 08:00:00 [error] 12#12: *1 nginx', 'error'],
    ['no level in this line', null],
    ['    at com.example.Cart.add(Cart.java:88)', null],
    ['', null],
  ] as const) {
    it(`is ${level} in: ${line.replaceAll('\u001b', '␛')}`, () => assert.equal(detectLevel(line), level));
  }
});
