import type { VsCodeServer } from './vscodeServer';

/** What the address of a workbench may ask for. */
export interface WorkbenchAddressOptions {
  /** The folder that is open in the workbench. */
  readonly workspaceDirectory: string;
  /** An unpacked extension that is loaded from its folder, as F5 does. */
  readonly extensionDirectory?: string;
  /** A module that exports `run(): Promise<void>`; it runs in the extension host at once. */
  readonly suiteModule?: string;
}

/**
 * The page that VS Code serves for this. The payload's keys are those of VS Code's own smoke
 * tests; a built VS Code accepts them because of `--enable-smoke-test-driver`.
 */
export function workbenchAddress(server: VsCodeServer, options: WorkbenchAddressOptions): string {
  const remote = (path: string) => `vscode-remote://${server.authority}${path}`;
  const payload: [string, string][] = [['skipWelcome', 'true']];
  if (options.extensionDirectory) {
    payload.push(['extensionDevelopmentPath', remote(options.extensionDirectory)]);
  }
  if (options.suiteModule) {
    payload.push(['extensionTestsPath', remote(options.suiteModule)]);
  }
  const address = new URL(`http://${server.authority}/`);
  address.searchParams.set('folder', options.workspaceDirectory);
  address.searchParams.set('payload', JSON.stringify(payload));
  return address.href;
}
