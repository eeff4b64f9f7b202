import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { expectFile, kindByMode, NotFollowable } from '../fileKind';
import { identityOf } from './fileIdentity';

/** A file that is open, for as long as somebody uses it: generations before and after a cut share it. */
export class OpenFile {
  /** Device and inode. */
  readonly file: string;
  #handle: FileHandle;
  #users = 0;

  private constructor(handle: FileHandle, file: string) {
    this.#handle = handle;
    this.file = file;
  }

  /**
   * Opens the file behind a path now, and hands it on, used by nobody yet. It is closed again if that fails.
   * @throws the system's error (ENOENT, EACCES …), and {@link NotFollowable} for what is no file.
   */
  static open<T>(path: string, use: (file: OpenFile) => Promise<T>): Promise<T> {
    return withOpened(path, (handle, file) => use(new OpenFile(handle, file)));
  }

  get handle(): FileHandle {
    return this.#handle;
  }

  /** Keeps it open until the same number of {@link release}s. */
  retain(): this {
    this.#users++;
    return this;
  }

  release(): void {
    this.#users--;
    if (this.#users === 0) {
      this.#handle.close().catch(() => undefined);
    }
  }

  /**
   * Opens the path in place of a handle that reads no more, if `isSame` says that the same is there; else nothing
   * has changed.
   * @returns what `isSame` said.
   * @throws the system's error where the path cannot be opened.
   */
  async reopen(path: string, isSame: (handle: FileHandle, file: string) => Promise<boolean>): Promise<boolean> {
    const stale = this.#handle;
    const isReopened = await withOpened(path, async (handle, file) => {
      if (!(await isSame(handle, file))) {
        await handle.close();
        return false;
      }
      this.#handle = handle;
      return true;
    });
    if (isReopened) {
      stale.close().catch(() => undefined);
    }
    return isReopened;
  }
}

/**
 * Opens the file behind a path, for reading, and hands it on with its identity: device and inode. It is
 * closed again if that fails.
 * @throws the system's error (ENOENT, EACCES …), and {@link NotFollowable} for what is no file.
 */
async function withOpened<T>(path: string, use: (handle: FileHandle, file: string) => Promise<T>): Promise<T> {
  await expectFile(path);
  // Without O_NONBLOCK opening what has become a named pipe since waits for a writer; Windows knows no such flag.
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const found = await handle.stat({ bigint: true });
    const kind = kindByMode(found);
    if (kind !== 'file') {
      throw new NotFollowable(path, kind);
    }
    return await use(handle, identityOf(found));
  } catch (error) {
    await handle.close();
    throw error;
  }
}
