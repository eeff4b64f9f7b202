/** Version of the wire contract, sent in `hello` and `welcome`. A server that speaks another closes with 4001. */
export const PROTOCOL_VERSION = 1;

/** WebSocket subprotocol (RFC 6455 section 1.9) that asks for this contract; without it `/ws` speaks plain text. */
export const SUBPROTOCOL = 'logstream.v1';

/** Path of the WebSocket endpoint on a log server. */
export const WEBSOCKET_PATH = '/ws';

/** Path where a page exchanges the ticket it was opened with for a token. */
export const SESSION_PATH = '/session';

/** Path that answers `{"status":"ok",…}` while the server runs. */
export const HEALTH_PATH = '/healthz';

/** What stands under `server` in that answer: no other program says it, so a server of ours is known by it. */
export const HEALTH_SERVER = 'live-log-server';
