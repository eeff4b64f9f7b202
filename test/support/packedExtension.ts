import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runNpm } from './npm';
import { repositoryRoot, testBuildDirectory } from './testCache';

/** The environment variable that names a `.vsix` of this very checkout, packed by who started this process. */
export const vsixVariable = 'LOG_STREAM_TEST_VSIX';

let packed: Promise<string> | undefined;

/**
 * Packs the extension with the same `npm run package` that makes the released file, once per
 * process, or takes the one that the environment names.
 *
 * @returns the path of the `.vsix`.
 * @throws Error with the packer's own words.
 */
export function packExtension(): Promise<string> {
  const given = process.env[vsixVariable];
  packed ??= given ? Promise.resolve(given) : pack();
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
