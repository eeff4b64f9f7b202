import type * as vscode from 'vscode';
import { readServerSources, type ServerSources } from './serverSources';
import { readStreamTarget, type StreamTarget } from './streamTarget';

const SESSION_KEY = 'logStream.session';
const RECENT_KEY = 'logStream.recentAddresses';
const MOST_RECENT = 5;

/** What was open in a window and shall be there again after it was reloaded. */
export interface SavedSession {
  readonly target?: StreamTarget;
  readonly server?: { readonly sources: ServerSources };
}

/** Reads what was stored by {@link saveSession}; whatever is not understood is left out. */
export function readSession(stored: unknown): SavedSession {
  if (typeof stored !== 'object' || stored === null) {
    return {};
  }
  const { target, server } = stored as Record<string, unknown>;
  const readTarget = readStreamTarget(target);
  const { sources } = (typeof server === 'object' && server !== null ? server : {}) as Record<string, unknown>;
  const readSources = readServerSources(sources);
  return {
    ...(readTarget ? { target: readTarget } : {}),
    ...(readSources ? { server: { sources: readSources } } : {}),
  };
}

/** What was open when this window closed. */
export function loadSession(state: vscode.Memento): SavedSession {
  return readSession(state.get(SESSION_KEY));
}

export function isEmptySession({ target, server }: SavedSession): boolean {
  return target === undefined && server === undefined;
}

/** Saves what is open now; writes nothing where that is what was saved last. */
export async function saveSession(state: vscode.Memento, session: SavedSession): Promise<void> {
  // Both in the form and order in which they are read back.
  if (JSON.stringify(readSession(session)) !== JSON.stringify(loadSession(state))) {
    await state.update(SESSION_KEY, session);
  }
}

/** Addresses that were entered before, latest first. */
export function recentAddresses(state: vscode.Memento): readonly string[] {
  const stored: unknown = state.get(RECENT_KEY);
  return Array.isArray(stored) ? stored.filter((entry) => typeof entry === 'string').slice(0, MOST_RECENT) : [];
}

/** Puts an address first among those that were entered; writes nothing where it is. */
export async function rememberAddress(state: vscode.Memento, url: string): Promise<void> {
  const [first, ...others] = recentAddresses(state);
  if (first !== url) {
    const rest = [first, ...others].filter((entry) => entry !== undefined && entry !== url);
    await state.update(RECENT_KEY, [url, ...rest].slice(0, MOST_RECENT));
  }
}

/** Whether an address may hold a password or a key, in front of an @ or behind a ?; such a one is not stored. */
export function mayHoldSecret(url: string): boolean {
  return /[@?]/.test(url);
}
