import type { ConnectionFormat } from '../client/connection';
import { texts } from '../text/texts';
import type { ViewerSettings } from '../view/viewerSettings';
import { CONNECTION_FORMATS, CONNECTIONS_KEY, SETTINGS_SECTION } from './settingsKeys';
import { readViewerSettings } from './viewerSettingsReader';

/** A setting that is a number. Limits are inclusive. */
export interface NumberSetting {
  /** The key below the section of all settings. */
  readonly key: string;
  readonly default: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly whole: boolean;
  /** For people, after the number; empty for a plain number. */
  readonly unit: string;
}

/**
 * The one table of the numeric settings. The manifest, the README and this table are kept in step
 * by a test.
 */
export const NUMBER_SETTINGS = {
  /** Room for a log in memory. */
  bufferMiB: { key: 'bufferMiB', default: 256, minimum: 8, maximum: 4096, whole: true, unit: 'MiB' },
  /** 0: negotiated with the server. */
  heartbeatIntervalSeconds: {
    key: 'heartbeat.intervalSeconds',
    default: 0,
    minimum: 0,
    maximum: 30,
    whole: false,
    unit: 'seconds',
  },
  /** Unstable connections in a row before retries become slow. */
  reconnectMaxAttempts: {
    key: 'reconnect.maxAttempts',
    default: 20,
    minimum: 1,
    maximum: 1000,
    whole: true,
    unit: 'attempts',
  },
  /** 0: any free one. */
  serverPort: { key: 'server.port', default: 0, minimum: 0, maximum: 65_535, whole: true, unit: '' },
} as const satisfies Record<string, NumberSetting>;

/** One entry of `logStream.connections`, checked. */
export interface ConnectionSetting {
  readonly name: string;
  readonly url: string;
  readonly format: ConnectionFormat;
  readonly autoConnect: boolean;
}

type NumberSettings = { readonly [Name in keyof typeof NUMBER_SETTINGS]: number };

/** All settings, checked and complete. */
export interface Settings extends NumberSettings {
  readonly connections: readonly ConnectionSetting[];
  /** What a viewer gets: how lines are read and shown. */
  readonly viewer: ViewerSettings;
}

export interface ReadSettings {
  readonly settings: Settings;
  /** One sentence for each value that cannot be used as it stands. */
  readonly problems: readonly string[];
}

/** The sentence that says why an address cannot be used, or null if it can. */
export type AddressCheck = (address: string) => string | null;

/**
 * Reads all settings. A value that cannot be used is replaced by the nearest one that can, or by
 * the default, and told as a problem; a connection that cannot be used is left out and told.
 *
 * @param get the value a person has set for a key below {@link SETTINGS_SECTION}, or its default.
 */
export function readSettings(get: (key: string) => unknown, checkAddress: AddressCheck): ReadSettings {
  const problems: string[] = [];
  const number = (setting: NumberSetting) => {
    const { value, problem } = readNumber(setting, get(setting.key));
    if (problem !== null) {
      problems.push(problem);
    }
    return value;
  };
  return {
    settings: {
      bufferMiB: number(NUMBER_SETTINGS.bufferMiB),
      heartbeatIntervalSeconds: number(NUMBER_SETTINGS.heartbeatIntervalSeconds),
      reconnectMaxAttempts: number(NUMBER_SETTINGS.reconnectMaxAttempts),
      serverPort: number(NUMBER_SETTINGS.serverPort),
      connections: readConnections(get(CONNECTIONS_KEY), checkAddress, problems),
      viewer: readViewerSettings(get, problems),
    },
    problems,
  };
}

function readNumber(setting: NumberSetting, given: unknown): { value: number; problem: string | null } {
  if (given === undefined || given === null) {
    return { value: setting.default, problem: null };
  }
  const name = `${SETTINGS_SECTION}.${setting.key}`;
  if (typeof given !== 'number' || !Number.isFinite(given)) {
    const problem = texts.extension.settings.notANumber(name, setting, JSON.stringify(given), setting.default);
    return { value: setting.default, problem };
  }
  const rounded = setting.whole ? Math.round(given) : given;
  const value = Math.min(Math.max(rounded, setting.minimum), setting.maximum);
  return {
    value,
    problem: value === given ? null : texts.extension.settings.outOfRange(name, setting, given, value),
  };
}

function readConnections(given: unknown, checkAddress: AddressCheck, problems: string[]): ConnectionSetting[] {
  if (given === undefined || given === null) {
    return [];
  }
  if (!Array.isArray(given)) {
    problems.push(texts.extension.settings.connectionsNoList);
    return [];
  }
  const connections: ConnectionSetting[] = [];
  for (const [index, entry] of given.entries()) {
    const connection = readConnection(entry, index + 1, checkAddress, problems);
    if (connection === null) {
      continue;
    }
    if (connections.some((other) => other.name === connection.name)) {
      problems.push(texts.extension.settings.duplicateName(connection.name));
      continue;
    }
    connections.push(connection);
  }
  return connections;
}

function readConnection(
  entry: unknown,
  position: number,
  checkAddress: AddressCheck,
  problems: string[],
): ConnectionSetting | null {
  const { name, url, format, autoConnect } = (typeof entry === 'object' && entry !== null ? entry : {}) as Record<
    string,
    unknown
  >;
  if (typeof name !== 'string' || name.trim() === '') {
    problems.push(texts.extension.settings.connectionWithoutName(position));
    return null;
  }
  if (typeof url !== 'string' || url.trim() === '') {
    problems.push(texts.extension.settings.connectionWithoutUrl(name));
    return null;
  }
  const complaint = checkAddress(url.trim());
  if (complaint !== null) {
    problems.push(texts.extension.settings.connectionNotUsable(name, complaint));
    return null;
  }
  const knownFormat = CONNECTION_FORMATS.find((known) => known === format);
  if (format !== undefined && knownFormat === undefined) {
    problems.push(texts.extension.settings.unknownFormat(name, JSON.stringify(format), CONNECTION_FORMATS));
  }
  return { name: name.trim(), url: url.trim(), format: knownFormat ?? 'auto', autoConnect: autoConnect === true };
}
