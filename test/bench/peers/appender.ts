// Appends lines to a file at a steady rate and stamps each with the time of its writing, as a
// service would. usage: appender FILE LINES_PER_SECOND SECONDS
import { closeSync, openSync, writeSync } from 'node:fs';

const [path, rateText, secondsText] = process.argv.slice(2);
if (path === undefined) {
  throw new Error('usage: appender FILE LINES_PER_SECOND SECONDS');
}
const rate = Number(rateText);
const total = rate * Number(secondsText);
const file = openSync(path, 'a');
const padding = 'x'.repeat(90);
const started = performance.now();
let written = 0;

/** Wall-clock time in µs with sub-millisecond resolution, comparable between processes of one machine. */
function stamp(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}

function writeDue(): void {
  const due = Math.min(total, Math.floor(((performance.now() - started) / 1000) * rate));
  if (due > written) {
    let block = '';
    for (; written < due; written++) {
      block += `${stamp()} ${String(written).padStart(9, '0')} ${padding}\n`;
    }
    writeSync(file, block);
  }
  if (written < total) {
    setTimeout(writeDue, 1);
  } else {
    closeSync(file);
    console.log(written);
  }
}
writeDue();
