import { stripAnsi } from './ansi';

/** Times, in every form detectTime knows: what two lines that say the same differ in. */
const TIMES =
  /\d{4}[-/]\d{2}[-/]\d{2}[T ]\d{2}:\d{2}:\d{2}(?:[.,]\d+)?(?:\s?(?:Z|UTC|[+-]\d{2}:?\d{2}))?|\d{2}\/[A-Z][a-z]{2}\/\d{4}:\d{2}:\d{2}:\d{2}|\b[A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2}|\b\d{2}:\d{2}:\d{2}(?:[.,]\d+)?|\b\d{10}(?:\.\d+)?\b|\b\d{13}\b|\b\d{19}\b/g;

/** What a line says apart from when: two lines with the same key repeat each other. */
export function repeatKey(text: string): string {
  return stripAnsi(text).replace(TIMES, '');
}
