import { closeSync, openSync, writeSync } from 'node:fs';

/** A realistic line of 130 bytes, newline included, with its number in it. */
export function sampleLine(number: number): string {
  const level = number % 97 === 0 ? 'ERROR' : number % 13 === 0 ? 'WARN ' : 'INFO ';
  const head = `2026-11-23T08:00:00.${String(number % 1000).padStart(3, '0')}Z ${level} [worker-${number % 8}] request ${String(number).padStart(8, '0')} `;
  return `${head}${'GET /api/v1/items/status took 12 ms for user alice and went well enough'.slice(0, 129 - head.length).padEnd(129 - head.length, '.')}\n`;
}

/** Writes a file of `lines` sample lines and returns its size in bytes. */
export function writeLogFile(path: string, lines: number): number {
  const file = openSync(path, 'w');
  let bytes = 0;
  try {
    const perBlock = 10_000;
    for (let first = 0; first < lines; first += perBlock) {
      let block = '';
      for (let number = first; number < Math.min(lines, first + perBlock); number++) {
        block += sampleLine(number);
      }
      bytes += writeSync(file, block);
    }
  } finally {
    closeSync(file);
  }
  return bytes;
}
