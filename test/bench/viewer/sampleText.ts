/** Lines of some 130 bytes, a millisecond apart, of several levels, with their numbers in them. */
export function sampleText(from: number, count: number): string {
  let text = '';
  for (let number = from; number < from + count; number++) {
    const level = number % 97 === 0 ? 'ERROR' : number % 13 === 0 ? 'WARN ' : 'INFO ';
    const time = new Date(1_795_435_200_000 + number).toISOString();
    text += `${time} ${level} [worker-${number % 8}] request ${String(number).padStart(8, '0')} GET /api/v1/items/status ${number % 9973 === 0 ? 'timed out' : 'took 12 ms'} for user alice, ok\n`;
  }
  return text;
}
