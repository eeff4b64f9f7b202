import type { ConnectionFormat } from '../client/connection';

/** The section all settings stand under. */
export const SETTINGS_SECTION = 'logStream';

/** The key of the streams to choose from. */
export const CONNECTIONS_KEY = 'connections';

/** How a server speaks; the values of `format` in a connection. */
export const CONNECTION_FORMATS: readonly ConnectionFormat[] = ['auto', 'logstream', 'text', 'json'];
