import type { Limits } from './flapping';
import type { Policy } from './policy';

/** Keeps a JSON text across runs of the program: a file, `globalState`, `localStorage`, memory. */
export interface LearnedStorage {
  /** What was saved last, or undefined. Must not throw. */
  load(): string | undefined;
  /** Must not throw; may write later. */
  save(json: string): void;
}

/** What is remembered of one address. Times are wall ms since the Unix epoch. */
export interface LearnedEntry {
  /** The server does not speak our contract, and when that was seen. */
  readonly plainSince?: number;
  /** The server has sent a welcome, and when that was found out; it is found out anew once this is forgotten. */
  readonly welcomedSince?: number;
  readonly limits?: Limits;
  /** When the limits were found. */
  readonly limitsSince?: number;
}

/** A storage that lasts as long as the program. */
export function createMemoryStorage(initial?: string): LearnedStorage {
  let saved = initial;
  return {
    load: () => saved,
    save(json) {
      saved = json;
    },
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function positive(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : undefined;
}

function readLimits(value: unknown): Limits | undefined {
  if (!isRecord(value)) {
    return undefined;
  }
  const lifetimeMs = positive(value.lifetimeMs);
  const silence = isRecord(value.silence) ? value.silence : {};
  const limitMs = positive(silence.limitMs);
  return {
    ...(limitMs === undefined
      ? {}
      : { silence: { limitMs, needs: silence.needs === 'messages' ? ('messages' as const) : ('frames' as const) } }),
    ...(lifetimeMs === undefined ? {} : { lifetimeMs }),
  };
}

function readEntry(value: unknown): LearnedEntry {
  if (!isRecord(value)) {
    return {};
  }
  const plainSince = positive(value.plainSince);
  const welcomedSince = positive(value.welcomedSince);
  const limitsSince = positive(value.limitsSince);
  const limits = readLimits(value.limits);
  return {
    ...(plainSince === undefined ? {} : { plainSince }),
    ...(welcomedSince === undefined ? {} : { welcomedSince }),
    ...(limits === undefined || limitsSince === undefined ? {} : { limits, limitsSince }),
  };
}

/** Everything remembered, by address (without secrets). What cannot be read counts as nothing. */
export function readLearned(storage: LearnedStorage): ReadonlyMap<string, LearnedEntry> {
  const entries = new Map<string, LearnedEntry>();
  let value: unknown;
  try {
    value = JSON.parse(storage.load() ?? '{}');
  } catch {
    return entries;
  }
  if (isRecord(value)) {
    for (const [key, entry] of Object.entries(value)) {
      entries.set(key, readEntry(entry));
    }
  }
  return entries;
}

/**
 * What is remembered of one address and still counts.
 *
 * @param wallNow wall ms since the Unix epoch
 */
export function recall(storage: LearnedStorage, key: string, wallNow: number, policy: Policy): LearnedEntry {
  const { plainSince, welcomedSince, limits, limitsSince } = readLearned(storage).get(key) ?? {};
  return {
    ...(plainSince !== undefined && wallNow - plainSince < policy.dialectMemoryMs ? { plainSince } : {}),
    ...(welcomedSince !== undefined && wallNow - welcomedSince < policy.limitMemoryMs ? { welcomedSince } : {}),
    ...(limits !== undefined && limitsSince !== undefined && wallNow - limitsSince < policy.limitMemoryMs
      ? { limits, limitsSince }
      : {}),
  };
}

/** Adds to what is remembered of one address. Reads anew first: connections share the storage. */
export function remember(storage: LearnedStorage, key: string, change: LearnedEntry): void {
  const entries = new Map(readLearned(storage));
  entries.set(key, { ...entries.get(key), ...change });
  storage.save(JSON.stringify(Object.fromEntries(entries)));
}

/** Forgets one address, or all. */
export function forget(storage: LearnedStorage, key?: string): void {
  const entries = new Map(key === undefined ? [] : readLearned(storage));
  if (key !== undefined) {
    entries.delete(key);
  }
  storage.save(JSON.stringify(Object.fromEntries(entries)));
}
