import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { UnavailableError } from '../unavailable';

/** Something that tests and benchmarks use and npm does not bring. */
export interface TestTool {
  /** How a person calls it. */
  readonly name: string;
  /** What Debian's packages with it are called. */
  readonly debianPackages: readonly string[];
  /** Where it stands on this machine; undefined where it does not. */
  readonly find: () => string | undefined;
}

/** Debian's own interpreter: another one may stand first on the PATH, without Debian's modules. */
const PYTHON = '/usr/bin/python3';

/** The one list: `npm test` and continuous integration install from it, and tests are skipped by it. */
export const testTools = {
  nginx: { name: 'nginx', debianPackages: ['nginx-light'], find: () => findProgram('nginx') },
  logrotate: { name: 'logrotate', debianPackages: ['logrotate'], find: () => findProgram('logrotate') },
  ripgrep: { name: 'ripgrep', debianPackages: ['ripgrep'], find: () => findProgram('rg') },
  compiler: {
    name: 'a C++ compiler with make and Python',
    debianPackages: ['build-essential', 'python3'],
    find: () => findPrograms('g++', 'make', 'python3'),
  },
  websockets: {
    name: 'Python with websockets',
    debianPackages: ['python3', 'python3-websockets'],
    find: () => findPythonWith('websockets'),
  },
  fastapi: {
    name: 'Python with FastAPI and uvicorn',
    debianPackages: ['python3', 'python3-fastapi', 'python3-uvicorn'],
    find: () => findPythonWith('fastapi', 'uvicorn'),
  },
} as const satisfies Readonly<Record<string, TestTool>>;

export type TestToolId = keyof typeof testTools;

/** The tools that are not on this machine. */
export function missingTools(): TestTool[] {
  return Object.values(testTools).filter((tool) => tool.find() === undefined);
}

/**
 * Where a tool stands.
 *
 * @throws UnavailableError in one sentence, with the command that brings it, where it is missing.
 */
export function requireTool(id: TestToolId): string {
  const tool = testTools[id];
  const found = tool.find();
  if (found === undefined) {
    throw new UnavailableError(`${tool.name} is not on this machine; on Debian: ${installCommand([tool])}`);
  }
  return found;
}

/** The command, for a person to run, that brings these tools on Debian and its descendants. */
export function installCommand(tools: readonly TestTool[]): string {
  return `sudo apt-get install -y ${packagesOf(tools).join(' ')}`;
}

/** Each package once. */
export function packagesOf(tools: readonly TestTool[]): string[] {
  return [...new Set(tools.flatMap(({ debianPackages }) => debianPackages))];
}

/** Servers and tools of the administrator stand in folders that are not on everyone's PATH. */
function findProgram(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return [...folders, '/usr/local/sbin', '/usr/sbin', '/sbin']
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}

/** The first of these programs, if all of them are there. */
function findPrograms(...names: readonly string[]): string | undefined {
  const found = names.map(findProgram);
  return found.includes(undefined) ? undefined : found[0];
}

function findPythonWith(...modules: readonly string[]): string | undefined {
  const { status } = spawnSync(PYTHON, ['-c', modules.map((name) => `import ${name}`).join('; ')]);
  return status === 0 ? PYTHON : undefined;
}
