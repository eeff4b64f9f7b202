import { texts } from '../../text/texts';
import { NotFollowable } from './fileKind';

/** Whether nothing is at a path: the file, or a folder on the way to it. */
export function isGone(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** Why what lies at a path cannot be read, as a sentence for a person. */
export function problemAt(path: string, error: unknown): string {
  if (error instanceof NotFollowable) {
    return error.kind === 'directory' ? texts.server.isDirectory(path) : texts.server.notFollowable[error.kind](path);
  }
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return texts.server.unreadable(path);
    case 'EMFILE':
    case 'ENFILE':
      return texts.server.noDescriptor(path);
    default:
      return texts.server.cannotRead(path, error instanceof Error ? message : String(error));
  }
}
