import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runNpm } from './npm';
import { repositoryRoot, testBuildDirectory } from './testCache';

let packed: Promise<string> | undefined;

/**
 * Packs the extension with the same `npm run package` that makes the released file, once per
 * process.
 *
 * @returns the path of the `.vsix`.
 * @throws Error with the packer's own words.
 */
export function packExtension(): Promise<string> {
  packed ??= pack();
  return packed;
}

async function pack(): Promise<string> {
  await mkdir(testBuildDirectory, { recursive: true });
  const vsix = join(testBuildDirectory, 'live-log-stream.vsix');
  const { code, tail } = await runNpm(['run', 'package', '--', '--out', vsix], { cwd: repositoryRoot });
  if (code !== 0) {
    const words = tail.split('\n').filter((line) => !line.startsWith('npm warn'));
    throw new Error(`"npm run package" failed with code ${code}: ${words.join('\n')}`);
  }
  return vsix;
}
