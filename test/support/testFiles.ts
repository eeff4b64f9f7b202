import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The test files (`*.test.ts`) below a folder, absolute, in alphabetical order. */
export function testFilesBelow(directory: string): string[] {
  if (!existsSync(directory)) {
    return [];
  }
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .sort()
    .map((file) => join(directory, file));
}
