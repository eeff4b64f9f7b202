import { rmSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of its own for one test. */
export interface TemporaryDirectory {
  /** Absolute, links resolved (macOS's /tmp is one). */
  readonly path: string;
  /** Removes the folder and everything in it. */
  remove(): Promise<void>;
}

const notYetRemoved = new Set<string>();
let exitHookInstalled = false;
// Windows keeps a file locked for a moment after its process has ended.
const removal = { recursive: true, force: true, maxRetries: 10, retryDelay: 100 } as const;

/** Creates an empty folder under the system's temporary one; it goes with this process at the latest. */
export async function createTemporaryDirectory(purpose = 'test'): Promise<TemporaryDirectory> {
  if (!exitHookInstalled) {
    exitHookInstalled = true;
    process.once('exit', removeAll);
  }
  const path = await realpath(await mkdtemp(join(tmpdir(), `live-log-stream-${purpose}-`)));
  notYetRemoved.add(path);
  return {
    path,
    remove: async () => {
      await rm(path, removal);
      notYetRemoved.delete(path);
    },
  };
}

function removeAll(): void {
  for (const path of notYetRemoved) {
    try {
      rmSync(path, removal);
    } catch {
      // A process that was just killed may still be writing there; the system cleans up its own folder.
    }
  }
}
