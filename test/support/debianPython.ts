import { spawnSync } from 'node:child_process';
import { UnavailableError } from './unavailable';

/** Debian's own interpreter: another one may stand first on the PATH, without Debian's modules. */
const PYTHON = '/usr/bin/python3';

/** @throws UnavailableError in one sentence where a module is missing. */
export function debianPython(...modules: readonly string[]): string {
  const { status } = spawnSync(PYTHON, ['-c', modules.map((name) => `import ${name}`).join('; ')]);
  if (status !== 0) {
    const packages = modules.map((name) => `python3-${name}`).join(' ');
    throw new UnavailableError(
      `${PYTHON} with ${modules.join(', ')} is not here; on Debian: apt-get install python3 ${packages}.`,
    );
  }
  return PYTHON;
}
