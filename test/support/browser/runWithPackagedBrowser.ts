import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { runProcess } from '../processes';
import { createTemporaryDirectory } from '../temporaryDirectory';
import { repositoryRoot } from '../testCache';

/**
 * Runs the viewer's tests as on a machine that has Node.js and npm, reaches the npm registry, and
 * has no browser: PATH leads to nothing else, no cache holds one, and Playwright's download address
 * answers nothing. It proves that the packaged browser is enough, whatever is installed here.
 */
async function main(): Promise<void> {
  const bare = await createTemporaryDirectory('bare-machine');
  try {
    const programs = join(bare.path, 'bin');
    mkdirSync(programs);
    for (const program of ['node', 'npm', 'sh']) {
      const { code, tail } = await runProcess('sh', ['-c', `command -v ${program}`]);
      if (code !== 0) {
        throw new Error(`${program} is not on PATH.`);
      }
      symlinkSync(tail, join(programs, program));
    }
    const { CHROME_PATH: _named, ...environment } = process.env;
    const { code } = await runProcess(
      process.execPath,
      ['--import', 'tsx', join(repositoryRoot, 'test', 'support', 'runAll.ts'), 'viewer'],
      {
        cwd: repositoryRoot,
        echo: true,
        env: {
          ...environment,
          // Here a skipped test would prove nothing.
          CI: 'true',
          PATH: programs,
          LOG_STREAM_TEST_CACHE: join(bare.path, 'cache'),
          PLAYWRIGHT_BROWSERS_PATH: join(bare.path, 'playwright'),
          // The discard port: nobody listens there.
          PLAYWRIGHT_DOWNLOAD_HOST: 'http://127.0.0.1:9',
        },
      },
    );
    process.exitCode = code;
  } finally {
    await bare.remove();
  }
}

void main();
