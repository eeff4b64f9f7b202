import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { testBuildDirectory } from './testCache';
import { testFilesBelow } from './testFiles';

/**
 * Bundles a suite that runs inside VS Code: `index.ts` and every test file below its folder, each
 * a CommonJS module. `vscode` is given by the extension host; mocha is found from the output
 * folder, which lies inside this checkout for that reason.
 *
 * @param name what the output folder is called after: two runs at once need two of them.
 * @returns the built `index.js`, the module to give to VS Code.
 */
export async function buildSuite(sourceDirectory: string, name: string): Promise<string> {
  const outputDirectory = join(testBuildDirectory, `suite-${name}`);
  await rm(outputDirectory, { recursive: true, force: true });
  await build({
    entryPoints: [join(sourceDirectory, 'index.ts'), ...testFilesBelow(sourceDirectory)],
    outbase: sourceDirectory,
    outdir: outputDirectory,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
  return join(outputDirectory, 'index.js');
}
