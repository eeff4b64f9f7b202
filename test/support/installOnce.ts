import { existsSync, readdirSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Makes a folder of the tests' cache, once. Everything happens in a folder of this process's own
 * that is renamed into place at the very end, so an interrupted or concurrent install never leaves
 * a broken one, and what it left is removed by the next.
 *
 * @param isInstalled whether the folder at this path is whole.
 * @param install fills the empty folder it is given; `destination` is where that will stand.
 * @returns whether it had to be made.
 */
export async function installOnce(
  destination: string,
  isInstalled: (path: string) => boolean,
  install: (path: string, destination: string) => Promise<void>,
): Promise<boolean> {
  if (isInstalled(destination)) {
    return false;
  }
  await removeAbandonedInstalls(destination);
  const workDirectory = `${destination}.installing-${process.pid}`;
  try {
    await rm(workDirectory, { recursive: true, force: true });
    await mkdir(workDirectory, { recursive: true });
    await install(workDirectory, destination);
    await moveIntoPlace(workDirectory, destination, isInstalled);
  } finally {
    await rm(workDirectory, { recursive: true, force: true });
  }
  return true;
}

/** Removes what an interrupted install left behind, unless its process is still at work. */
async function removeAbandonedInstalls(destination: string): Promise<void> {
  const folder = dirname(destination);
  if (!existsSync(folder)) {
    return;
  }
  const prefix = `${basename(destination)}.installing-`;
  for (const entry of readdirSync(folder)) {
    const owner = entry.startsWith(prefix) ? Number(entry.slice(prefix.length)) : 0;
    if (owner > 0 && !isAlive(owner)) {
      await rm(join(folder, entry), { recursive: true, force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function moveIntoPlace(from: string, to: string, isInstalled: (path: string) => boolean): Promise<void> {
  if (isInstalled(to)) {
    return; // Another run was quicker; ours is thrown away by the caller.
  }
  await rm(to, { recursive: true, force: true });
  try {
    await rename(from, to);
  } catch (error) {
    if (!isInstalled(to)) {
      throw error;
    }
  }
}
