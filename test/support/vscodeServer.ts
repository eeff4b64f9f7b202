import type { ChildProcess } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runProcess, startProcess, stopProcess } from './processes';
import type { VsCodeHost } from './vscodeHost';

/** How long a VS Code server may take until it answers, in ms; 1–3 s on an idle machine. */
const startTimeoutMs = 60_000;

/** The folders that make up one installation of VS Code: extensions, settings, state. */
export interface VsCodeProfile {
  readonly extensionsDirectory: string;
  readonly dataDirectory: string;
  /** The user's settings file. */
  readonly settingsFile: string;
}

export type VsCodeSettings = Readonly<Record<string, unknown>>;

/** A workbench that shows what is tested and nothing else. */
const quietSettings: VsCodeSettings = {
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'workbench.startupEditor': 'none',
  'workbench.editor.useModal': 'off',
  'workbench.enableExperiments': false,
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.colorTheme': 'Default Dark Modern',
  'security.workspace.trust.enabled': false,
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'chat.mcp.discovery.enabled': false,
  'git.enabled': false,
  'editor.autoClosingBrackets': 'never',
  'editor.autoIndent': 'none',
  'npm.autoDetect': 'off',
  'typescript.disableAutomaticTypeAcquisition': true,
};

/** Creates an empty profile under `parent` with settings for a quiet workbench. */
export async function createProfile(parent: string, settings: VsCodeSettings = {}): Promise<VsCodeProfile> {
  const dataDirectory = join(parent, 'vscode-data');
  const profile: VsCodeProfile = {
    dataDirectory,
    extensionsDirectory: join(parent, 'vscode-extensions'),
    settingsFile: join(dataDirectory, 'data', 'User', 'settings.json'),
  };
  await mkdir(profile.extensionsDirectory, { recursive: true });
  await mkdir(dirname(profile.settingsFile), { recursive: true });
  await writeFile(profile.settingsFile, settingsText(settings));
  return profile;
}

/** The text of a settings file: the quiet ones and these. */
function settingsText(settings: VsCodeSettings): string {
  return `${JSON.stringify({ ...quietSettings, ...settings }, undefined, 2)}\n`;
}

/** What a VS Code must not inherit when the tests are started in a terminal of another one. */
function environmentForServer(extra: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const environment = { ...process.env };
  for (const name of Object.keys(environment)) {
    if (/^(VSCODE_|ELECTRON_|NODE_OPTIONS$|npm_|INIT_CWD$)/.test(name)) {
      delete environment[name];
    }
  }
  return { ...environment, ...extra };
}

const serverMain = join('out', 'server-main.js');

/**
 * Installs a packed extension into a profile, as a person does with "Install from VSIX…".
 *
 * @throws Error with VS Code's own words when it refuses the file.
 */
export async function installVsix(host: VsCodeHost, profile: VsCodeProfile, vsix: string): Promise<void> {
  const { code, tail } = await runProcess(
    host.nodeExecutable,
    [
      serverMain,
      '--accept-server-license-terms',
      '--extensions-dir',
      profile.extensionsDirectory,
      '--server-data-dir',
      profile.dataDirectory,
      '--install-extension',
      vsix,
    ],
    { cwd: host.serverDirectory, env: environmentForServer({}) },
  );
  if (code !== 0 || !/successfully installed/.test(tail)) {
    throw new Error(`${host.version.label} did not install ${vsix}: ${tail}`);
  }
}

/** A VS Code server that answers. */
export interface VsCodeServer {
  readonly host: VsCodeHost;
  readonly profile: VsCodeProfile;
  /** `host:port`, as it stands in `vscode-remote://` addresses. */
  readonly authority: string;
  /** What the server has printed until now; for messages about a failed run. */
  output(): string;
  /** Ends the server, its extension hosts and what those started. */
  stop(): Promise<void>;
}

/** How to start a server. */
export interface VsCodeServerOptions {
  /**
   * Accept an unpacked extension and a suite in the page's address. That is a mode of VS Code for
   * tests of its own, in which it shows no notifications (as of 1.139): off for a person's run.
   */
  readonly developmentKeys: boolean;
  /** Added to the environment of the server and so of its extension hosts. */
  readonly environment?: NodeJS.ProcessEnv;
}

/**
 * Starts a VS Code server on a free port of the loopback interface.
 * @throws Error with the server's output when it ends or does not answer within a minute.
 */
export async function startVsCodeServer(
  host: VsCodeHost,
  profile: VsCodeProfile,
  options: VsCodeServerOptions,
): Promise<VsCodeServer> {
  const child = startProcess(
    host.nodeExecutable,
    [
      serverMain,
      '--host',
      '127.0.0.1',
      '--port',
      '0',
      '--without-connection-token',
      '--accept-server-license-terms',
      '--server-data-dir',
      profile.dataDirectory,
      '--extensions-dir',
      profile.extensionsDirectory,
      '--telemetry-level',
      'off',
      '--disable-workspace-trust',
      ...(options.developmentKeys ? ['--enable-smoke-test-driver'] : []),
    ],
    {
      cwd: host.serverDirectory,
      env: environmentForServer(options.environment ?? {}),
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  const collect = (chunk: Buffer) => {
    output = (output + chunk.toString('utf8')).slice(-20_000);
  };
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  try {
    const port = await listeningPort(child, () => output);
    const authority = `127.0.0.1:${port}`;
    await waitForAnswer(`http://${authority}/version`);
    return {
      host,
      profile,
      authority,
      output: () => output,
      stop: () => stopProcess(child),
    };
  } catch (error) {
    await stopProcess(child);
    throw new Error(`${host.version.label} did not start: ${String(error)}\n${output}`);
  }
}

/** Resolves with the port the server names in its output ("listening on 40123"). */
function listeningPort(child: ChildProcess, output: () => string): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no port within ${startTimeoutMs / 1000} s`)), startTimeoutMs);
    const look = () => {
      const port = /agent listening on (\d+)/.exec(output())?.[1];
      if (port) {
        clearTimeout(timer);
        resolve(Number(port));
      }
    };
    child.stdout?.on('data', look);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      reject(new Error(`it ended with code ${code}`));
    });
  });
}

async function waitForAnswer(address: string): Promise<void> {
  const deadline = Date.now() + startTimeoutMs;
  for (;;) {
    try {
      const response = await fetch(address);
      await response.arrayBuffer();
      if (response.ok) {
        return;
      }
    } catch (error) {
      if (Date.now() > deadline) {
        throw error;
      }
    }
    if (Date.now() > deadline) {
      throw new Error(`${address} does not answer`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
