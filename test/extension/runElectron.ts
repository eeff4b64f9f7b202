import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { buildSuite } from '../support/buildSuite';
import { readTally, tallyFileVariable, tallyLine } from '../support/tally';
import { createTemporaryDirectory } from '../support/temporaryDirectory';
import { repositoryRoot, testCacheDirectory } from '../support/testCache';

/**
 * Runs the same `suite/` inside a desktop VS Code. `LOG_STREAM_VSCODE_VERSION` names another one
 * than the newest stable (`1.99.3`, `insiders`); `LOG_STREAM_VSCODE_EXECUTABLE` an installed one.
 */
async function main(): Promise<number> {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    console.log('A desktop VS Code needs a display and there is none: run "xvfb-run -a npm run test:electron".');
    return 1;
  }
  let vscodeExecutablePath: string;
  try {
    vscodeExecutablePath =
      process.env.LOG_STREAM_VSCODE_EXECUTABLE ??
      (await downloadAndUnzipVSCode({
        version: process.env.LOG_STREAM_VSCODE_VERSION ?? 'stable',
        cachePath: join(testCacheDirectory(), 'vscode-desktop'),
      }));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.log(
      `No desktop VS Code could be downloaded (${reason}): run "npm run test:extension", which needs only the npm registry, or name an installed one in LOG_STREAM_VSCODE_EXECUTABLE.`,
    );
    return 1;
  }
  const directory = await createTemporaryDirectory('electron');
  const tallyFile = join(directory.path, 'tally.json');
  const workspace = join(directory.path, 'workspace');
  await mkdir(workspace);
  try {
    const code = await runTests({
      vscodeExecutablePath,
      extensionDevelopmentPath: repositoryRoot,
      extensionTestsPath: await buildSuite(join(__dirname, 'suite'), 'electron'),
      extensionTestsEnv: { [tallyFileVariable]: tallyFile },
      launchArgs: [
        workspace,
        '--disable-extensions',
        '--disable-workspace-trust',
        `--user-data-dir=${join(directory.path, 'user')}`,
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ],
    }).catch((error: unknown) => {
      console.log(error instanceof Error ? error.message : String(error));
      return 1;
    });
    const tally = readTally(tallyFile);
    if (tally === undefined) {
      console.log(`The suite ended with code ${code} before it could count its tests.`);
      return 1;
    }
    console.log(tallyLine(tally, false));
    return code;
  } finally {
    await directory.remove();
  }
}

void main().then((code) => {
  process.exitCode = code;
});
