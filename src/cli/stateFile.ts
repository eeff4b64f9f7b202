import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { NEW_FILE_FLAGS, newFileBeside } from '../client/nodeNewFile';
import { LIMITS } from '../protocol/limits';
import type { WrittenPosition } from './writtenPositions';

/** What a later run has to know. */
export interface TailState {
  /** The address, as shown. */
  readonly address: string;
  readonly clientId: string;
  /** A secret of the server that the address leads to. */
  readonly takeoverKey: string | undefined;
  readonly positions: readonly WrittenPosition[];
  /** What was learned about addresses: the JSON of a `LearnedStorage`. */
  readonly learned: string | undefined;
}

export type StateResult =
  | { readonly kind: 'state'; readonly state: TailState }
  | { readonly kind: 'none' }
  | { readonly kind: 'unreadable' };

/** `linesAhead` is absent where it is 0, and in files of earlier versions. */
type StoredPosition = Omit<WrittenPosition, 'linesAhead'> & Partial<Pick<WrittenPosition, 'linesAhead'>>;

function isPosition(value: unknown): value is StoredPosition {
  const { source, epoch, nextSeq, cursor, linesAhead } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return (
    typeof source === 'string' &&
    typeof epoch === 'string' &&
    Number.isSafeInteger(nextSeq) &&
    (cursor === null || typeof cursor === 'string') &&
    (linesAhead === undefined || (Number.isSafeInteger(linesAhead) && (linesAhead as number) >= 0))
  );
}

function isSecret(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= LIMITS.secretLength;
}

/** Reads a state file. Never throws. */
export function readStateFile(file: string): StateResult {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return { kind: (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'none' : 'unreadable' };
  }
  if (text.trim() === '') {
    return { kind: 'none' };
  }
  try {
    const { version, address, clientId, takeoverKey, positions, learned } = JSON.parse(text) as Readonly<
      Record<string, unknown>
    >;
    if (
      version !== 1 ||
      typeof address !== 'string' ||
      typeof clientId !== 'string' ||
      clientId === '' ||
      clientId.length > 128 ||
      !Array.isArray(positions) ||
      !positions.every(isPosition)
    ) {
      return { kind: 'unreadable' };
    }
    const state = {
      address,
      clientId,
      takeoverKey: isSecret(takeoverKey) ? takeoverKey : undefined,
      positions: positions.map((each) => ({ ...each, linesAhead: each.linesAhead ?? 0 })),
      learned: typeof learned === 'string' ? learned : undefined,
    };
    return { kind: 'state', state };
  } catch {
    return { kind: 'unreadable' };
  }
}

/**
 * Writes a state file so that it is whole at any moment, a power cut included: first beside it, then
 * in its place. Only this user may read it: what it holds lets a client take over from an older one.
 * Where `file` is a link, the link is replaced and what it leads to stays as it is: somebody else may
 * have put it there. Synchronous, because the last one is written while the process ends; a few hundred
 * bytes, at most ten times a second. Throws what the file system throws.
 */
export function writeStateFile(file: string, state: TailState): void {
  const positions = state.positions.map(({ linesAhead, ...position }) =>
    linesAhead === 0 ? position : { ...position, linesAhead },
  );
  const text = `${JSON.stringify({ version: 1, ...state, positions }, null, 2)}\n`;
  mkdirSync(dirname(file), { recursive: true });
  const temporary = newFileBeside(file);
  const descriptor = openSync(temporary, NEW_FILE_FLAGS, 0o600);
  try {
    try {
      writeFileSync(descriptor, text);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
