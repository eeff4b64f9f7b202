import assert from 'node:assert/strict';
import { harmlessLine } from '../../../src/cli/terminalText';
import { parseAnsi, stripAnsi } from '../../../src/records/ansi';
import { detectLevel } from '../../../src/records/detectLevel';
import { detectTime } from '../../../src/records/detectTime';
import { startsEntry } from '../../../src/records/entryStart';
import { findLinks } from '../../../src/records/links';
import { parseLine } from '../../../src/records/parseLine';
import { repeatKey } from '../../../src/records/repeat';

const KIBIBYTE = 1024;
/** Four times the length: four times as long where time is linear, 16 times where it goes by the square. */
const GROWTH = 4;
const MOST_GROWTH = 9;
/**
 * What takes no longer for so many characters is not worth a question, ms: room for the collector and
 * a busy machine. The square takes some 20 to 50 ms for 8 KiB, and 64 times that for 64.
 */
const fastMs = (characters: number) => (characters > 8 * KIBIBYTE ? 80 : 12);

/** What looks at received text, and the longest text it looks at, in characters. */
const READERS: readonly (readonly [name: string, read: (text: string) => unknown, length: number])[] = [
  ['findLinks', findLinks, 8 * KIBIBYTE],
  ['parseLine', (text) => parseLine(text, 0), 64 * KIBIBYTE],
  ['parseAnsi', parseAnsi, 64 * KIBIBYTE],
  ['stripAnsi', stripAnsi, 64 * KIBIBYTE],
  ['detectLevel', detectLevel, 64 * KIBIBYTE],
  ['detectTime', (text) => detectTime(text, 0), 64 * KIBIBYTE],
  ['startsEntry', (text) => startsEntry(text), 64 * KIBIBYTE],
  ['repeatKey', repeatKey, 64 * KIBIBYTE],
  ['harmlessLine', harmlessLine, 64 * KIBIBYTE],
];
const HEADS = ['', '2026-01-01 00:00:00,000 ', '[2026-01-01T00:00:00Z] ', '{"a":"', '127.0.0.1 - - [', 'x.js:1 '];
/** Beginnings of what the patterns know, again and again, so that each of them is a place to try. */
const SEEDS = [
  ...[
    'a',
    ' ',
    '1',
    ':',
    '-',
    '.',
    '/',
    '\\',
    '"',
    '\\"',
    '[',
    '(',
    '{',
    '=',
    'a=',
    'a="',
    'a=b ',
    '\t',
    '\r',
    '@',
    '%',
  ],
  ...['1.', '1:', '12:34:56 ', '2026-01-01 ', '2026-01-01T00:00:00Z ', '{"level":"', '"time":"', '<134>1 ', '- - ['],
  ...['\u001b', '\u001b[', '\u001b[1;', '\u001b]', 'ERROR ', '[INFO] ', 'level=', 'INFO:', '1,', '((', ']]', '] ['],
  ...['%20', '%a.', '-a.', 'a.', 'a/', 'a.a/', '~/', '../', 'C:\\', 'file://', 'webpack://', 'http://', 'https://a('],
  ...[
    'at (',
    'at a (/',
    '(/a',
    'File "',
    'File "a',
    'in /',
    'in C:\\a',
    'x.js:1',
    'x.js(1,',
    'a b ',
    '   at ',
    'pod/a ',
  ],
];
const TAILS = ['', '!', ':line 1'];

function fastest(run: () => unknown, runs: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let at = 0; at < runs; at++) {
    const began = performance.now();
    run();
    least = Math.min(least, performance.now() - began);
  }
  return least;
}

describe('a hostile line', () => {
  for (const [name, read, length] of READERS) {
    it(`takes ${name} time in proportion to its length`, function () {
      this.timeout(60_000);
      for (const head of HEADS) {
        for (const seed of SEEDS) {
          for (const tail of TAILS) {
            const lineOf = (characters: number) => `${head}${seed.repeat(characters / seed.length)}${tail}`;
            const long = lineOf(length);
            if (fastest(() => read(long), 1) < fastMs(length)) {
              continue;
            }
            const short = lineOf(length / GROWTH);
            const ms = fastest(() => read(long), 5);
            const growth = ms / fastest(() => read(short), 5);
            assert.ok(
              ms < fastMs(length) || growth < MOST_GROWTH,
              `${JSON.stringify([head, seed, tail])}: ${ms.toFixed(1)} ms, ${growth.toFixed(1)} times that of a quarter`,
            );
          }
        }
      }
    });
  }
});
