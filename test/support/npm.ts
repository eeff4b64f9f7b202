import { join } from 'node:path';
import { type ProcessOutcome, type RunOptions, runProcess } from './processes';

/**
 * The environment for an npm that installs somewhere else than in this checkout: what an outer
 * `npm test` says about its own package and prefix is taken out, what the user configured stays.
 */
function environmentForNpm(extra: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = {};
  const replaced = new Set(Object.keys(extra).map((name) => name.toLowerCase()));
  for (const [name, value] of Object.entries(process.env)) {
    const ofOuterRun = /^npm_(package_|lifecycle_|command|execpath|config_(local_prefix|prefix|global)$)/i;
    // npm reads its configuration variables in any case, so a leftover in another case could win.
    if (name !== 'INIT_CWD' && !ofOuterRun.test(name) && !replaced.has(name.toLowerCase())) {
      environment[name] = value;
    }
  }
  return { ...environment, ...extra };
}

/**
 * Runs the npm that is on PATH.
 *
 * @param nodeDirectory a folder with `bin/node` and `include/`: npm runs on that Node.js and
 *   compiles against its headers, even where the user's npmrc names others (`nodedir`).
 */
export function runNpm(
  args: readonly string[],
  options: RunOptions & { readonly nodeDirectory?: string },
): Promise<ProcessOutcome> {
  const { nodeDirectory, ...rest } = options;
  const extra: NodeJS.ProcessEnv = {
    npm_config_fund: 'false',
    npm_config_audit: 'false',
    // Errors are passed on, also from within a silent `npm run -s`; warnings are the user's own affair.
    npm_config_loglevel: 'error',
    // npm's own waits (10 s, then a minute) would let a machine without a network wait for minutes.
    npm_config_fetch_retries: '2',
    npm_config_fetch_retry_mintimeout: '1000',
    npm_config_fetch_retry_maxtimeout: '5000',
  };
  if (nodeDirectory) {
    extra.npm_config_nodedir = nodeDirectory;
    extra.PATH = `${join(nodeDirectory, 'bin')}:${process.env.PATH ?? ''}`;
  }
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  return runProcess(npm, args, {
    ...rest,
    shell: process.platform === 'win32',
    env: environmentForNpm(extra),
  });
}
