import { shorten } from '../base/shorten';

/** A time span for a person: `0.4 s`, `30 s`, `5 min`. */
export function duration(ms: number): string {
  if (ms >= 120_000) {
    const minutes = ms / 60_000;
    return `${Number.isInteger(minutes) ? minutes : minutes.toFixed(1)} min`;
  }
  const seconds = ms / 1000;
  if (seconds >= 10 || Number.isInteger(seconds)) {
    return `${Math.round(seconds)} s`;
  }
  return `${Number(seconds.toFixed(seconds >= 1 ? 1 : 2))} s`;
}

const networkProblems: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOENT: 'nothing listens there',
  EACCES: 'this user may not connect to it',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name could not be looked up just now',
  ETIMEDOUT: 'it did not answer',
  ECONNRESET: 'it broke the connection off',
  EPIPE: 'it broke the connection off',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ENETDOWN: 'the network is down',
};

const httpAnswers: Readonly<Record<number, string>> = {
  400: 'it did not accept the request (HTTP 400): check the address',
  401: 'it wants an access token, or another one (HTTP 401): give the right token and connect again',
  403: 'it forbids access (HTTP 403): the server has to allow this host name, origin or user',
  404: 'there is nothing at this path (HTTP 404): check the path of the address, often /ws',
  407: 'a proxy in between wants a log-in (HTTP 407)',
  426: 'it wants another protocol (HTTP 426): this address is no WebSocket, or TLS is needed (wss:)',
  429: 'it asks for fewer attempts (HTTP 429)',
};

/** What a sentence begins with: a name in words gets its capital, an address stays as it is. */
function atStart(address: string): string {
  return /^[a-z]+ /.test(address) ? address.charAt(0).toUpperCase() + address.slice(1) : address;
}

function withTls(address: string): string {
  return address.replace(/^ws:/, 'wss:');
}

function withoutTls(address: string): string {
  return address.replace(/^wss:/, 'ws:');
}

function withReason(sentence: string, reason: string): string {
  const trimmed = reason.trim().replace(/[.\s]+$/, '');
  return trimmed === '' ? `${sentence}.` : `${sentence}: ${trimmed}.`;
}

/** The end of a stream, as far as it is put into words. */
interface StreamEndWords {
  readonly name?: string;
  readonly exit?: { readonly code: number } | { readonly signal: string } | { readonly failure: string };
}

/** Texts of the connection: why it is in its state, what was corrected or learned. */
export const clientTexts = {
  address: {
    empty: 'No address given; write one like ws://localhost:8000/ws.',
    unusable: (text: string) =>
      `"${text}" is not the address of a log server; write one that begins with ws://, wss://, http:// or https://, like ws://localhost:8000/ws.`,
  },
  state: {
    idle: 'Not connected.',
    connecting: (address: string) => `Connecting to ${address}.`,
    opening: (address: string) => `${atStart(address)} has answered; waiting for its welcome.`,
    replaying: (address: string) => `Connected to ${address}; the existing lines are arriving.`,
    live: 'Live log connected; new lines appear as they are written.',
    suspect: (quietMs: number) =>
      `Nothing has arrived for ${duration(quietMs)}; asking the server whether it is still there.`,
    suspectWoken: 'This computer slept or changed its network; asking the server whether it is still there.',
    disconnecting: 'Disconnecting.',
    disconnected: 'You disconnected.',
    reconnecting: 'Reconnecting as asked.',
    aheadOfLifetime: (limitMs: number) =>
      `Reconnecting ahead of the ${duration(limitMs)} after which connections to this address are ended.`,
    /** Behind the sentence that says how. */
    turnedAway: (reason: string) => `${reason} It was live before, so it is tried again, ever more slowly.`,
    lateWelcome: (address: string) => `${atStart(address)} sent its welcome late; connecting to it once more.`,
    gaveUp: (attempts: number, reason: string) =>
      `Gave up after ${attempts} failed ${attempts === 1 ? 'attempt' : 'attempts'} in a row: ${reason}`,
    dormant: (reason: string, attempts: number) =>
      `${reason} After ${attempts} failed ${attempts === 1 ? 'attempt' : 'attempts'} in a row it is now tried only every few minutes; reconnect when the server is back.`,
  },
  /** Everything of a stream has ended, the connection apart. */
  ended: {
    /** In a word or two. */
    words: ({ exit }: StreamEndWords): string => {
      if (exit === undefined) {
        return 'Ended';
      }
      if ('failure' in exit) {
        return 'Could not be started';
      }
      return 'signal' in exit ? `Ended by ${exit.signal}` : `Ended, exit code ${exit.code}`;
    },
    sentence: ({ name, exit }: StreamEndWords): string => {
      const what = name === undefined ? 'Everything of this stream' : `“${shorten(name, 60)}”`;
      if (exit === undefined) {
        return `${what} has ended; its lines stay.`;
      }
      if ('failure' in exit) {
        return exit.failure;
      }
      return 'signal' in exit
        ? `${what} was ended by ${exit.signal}; its lines stay.`
        : `${what} ended with exit code ${exit.code}; its lines stay.`;
    },
  },
  connected: {
    first: (address: string) => `Connected to ${address}.`,
    again: (address: string, afterMs: number, resumed: boolean) =>
      resumed
        ? `Reconnected to ${address} after ${duration(afterMs)}; the log goes on where it stopped.`
        : `Reconnected to ${address} after ${duration(afterMs)}.`,
  },
  dial: {
    timeout: (address: string, ms: number) => `${atStart(address)} did not answer within ${duration(ms)}.`,
    network: (address: string, detail: string) =>
      `${atStart(address)} cannot be reached: ${networkProblems[detail] ?? detail}${networkProblems[detail] ? ` (${detail})` : ''}.${
        detail === 'ECONNRESET' && address.startsWith('ws:') ? ` If it expects TLS, write ${withTls(address)}.` : ''
      }`,
    wantsTls: (address: string) => `${atStart(address)} expects TLS on this port: write ${withTls(address)}.`,
    noTls: (address: string) => `${atStart(address)} does not speak TLS: write ${withoutTls(address)}.`,
    redirected: (address: string, status: number, location: string) =>
      `${atStart(address)} redirects to another host, which is not followed (HTTP ${status}): ${shorten(location, 200)}. If that is the log server, give its address.`,
    redirectedTooOften: (address: string, status: number, location: string) =>
      `${atStart(address)} redirects again and again (HTTP ${status}), last to ${shorten(location, 200)}; check the address.`,
    http: (address: string, status: number) => {
      const known = httpAnswers[status];
      if (known) {
        return `${atStart(address)} refused the connection: ${known}.`;
      }
      if (status >= 500) {
        return `${atStart(address)} cannot serve just now (HTTP ${status}).`;
      }
      if (status >= 300 && status < 400) {
        return `${atStart(address)} redirects elsewhere (HTTP ${status}): give the final address.`;
      }
      return `${atStart(address)} is no WebSocket server: it answered HTTP ${status}; check the address.`;
    },
    /** `names`: what it is made out for, as far as it is known. */
    certificate: (address: string, detail: string, names?: string) => {
      switch (detail) {
        case 'CERT_HAS_EXPIRED':
          return `The certificate of ${address} has expired (${detail}): have the server renew it, or check the clock of this computer.`;
        case 'CERT_NOT_YET_VALID':
          return `The certificate of ${address} is not valid yet (${detail}): check the clocks of the server and of this computer.`;
        case 'ERR_TLS_CERT_ALTNAME_INVALID':
          return `The certificate of ${address} is made out for another name${names ? `, ${shorten(names, 200)}` : ''} (${detail}): connect by that name, or have the server use one for this name.`;
        default:
          return `The certificate of ${address} is not trusted (${detail}): have it signed by an authority this computer trusts, or name your own in NODE_EXTRA_CA_CERTS before the program is started.`;
      }
    },
    notWebSocket: (address: string) =>
      `What answers at ${address} is no WebSocket server; check host and port of the address.`,
    request: (address: string, detail: string) =>
      `No request to ${address} can be made (${detail}): check the address and the access token.`,
    noSubprotocol: (address: string) =>
      `${atStart(address)} does not speak the Live Log Stream protocol; set the format to "text" or "json" for this server.`,
  },
  close: {
    lost: (address: string, code: number, reason: string) =>
      code === 1006
        ? `The connection to ${address} broke without a goodbye (code 1006).`
        : withReason(`${atStart(address)} closed the connection (code ${code})`, reason),
    tooLong: (address: string) =>
      `${atStart(address)} closed the connection because a message was too long for it (code 1009); it is told less from now on, so lines of some sources may be missing or come again.`,
    tooLongAtAll: (address: string) =>
      `${atStart(address)} closed the connection because the shortest greeting there is was too long for it (code 1009); check what stands between it and this computer.`,
    planned: (address: string, restart: boolean, reason: string) =>
      withReason(
        restart
          ? `${atStart(address)} is restarting`
          : `${atStart(address)} ended the connection after its allowed lifetime`,
        reason,
      ),
    goaway: (address: string, reason: string) => withReason(`${atStart(address)} says goodbye`, reason),
    superseded: 'A newer connection of the same client has taken over; this one steps aside.',
    ended: 'The stream has ended; nothing more will come.',
    unsupportedVersion: (address: string, reason: string) =>
      withReason(`${atStart(address)} speaks another version of the protocol; update the older of the two`, reason),
    unsupportedWelcome: (address: string, version: number) =>
      `${atStart(address)} speaks version ${version} of the protocol, which this client does not; update the older of the two.`,
    weSpeak: (version: number) => `this client speaks version ${version}`,
    forbidden: (address: string, reason: string) =>
      withReason(`${atStart(address)} forbids access; give the right token and connect again`, reason),
    noSuchSource: (address: string, reason: string) =>
      withReason(`${atStart(address)} has no such source; choose one that it has`, reason),
    protocolError: (address: string, reason: string) =>
      withReason(`${atStart(address)} did not understand this client (code 4000)`, reason),
    violation: (address: string, reason: string) =>
      withReason(`${atStart(address)} sent something that breaks the protocol, so it was left`, reason),
    /** For the close frame, and behind {@link broken}'s words for the person. */
    tooManyHeartbeats: (perSecond: number) => `more than ${perSecond} pings and pongs per second`,
    broken: (address: string, reason: string) =>
      withReason(
        `${atStart(address)} sent something that is not allowed on a WebSocket, so the connection was ended`,
        reason,
      ),
    foreign: (address: string) =>
      `${atStart(address)} sent something that is not of the Live Log Stream protocol where its welcome belongs. If another server has taken its place, set the format to text.`,
    noWelcome: (address: string, ms: number) =>
      `${atStart(address)} accepted the connection but sent no welcome within ${duration(ms)}.`,
    dead: (address: string, ms: number) =>
      `Nothing has arrived from ${address} for ${duration(ms)}; the connection is dead.`,
  },
  tooManySources: 'The chosen sources are too many to be told to a server; choose fewer, or all.',
  heartbeat: {
    originUnstated: 'the default for servers that state no timings',
    originStated: 'stated by the server',
    originChosen: 'set by you',
    originCorrected: (timeoutMs: number) => `corrected to fit the server's receive timeout of ${duration(timeoutMs)}`,
    originLearned: (limitMs: number) =>
      `learned: this address ends connections that are silent for ${duration(limitMs)}`,
    tooLong: (chosenMs: number, usedMs: number) =>
      `The heartbeat interval of ${duration(chosenMs)} is longer than the longest allowed; ${duration(usedMs)} is used.`,
    tooShort: (chosenMs: number, usedMs: number) =>
      `The heartbeat interval of ${duration(chosenMs)} is shorter than the shortest allowed; ${duration(usedMs)} is used.`,
    noneFits: (timeoutMs: number, usedMs: number) =>
      `The server's receive timeout of ${duration(timeoutMs)} is too short for any heartbeat; one is sent every ${duration(usedMs)}, and the connection will be lost where the server keeps to it.`,
    doesNotFit: (chosen: boolean, intervalMs: number, timeoutMs: number, usedMs: number) =>
      `${chosen ? 'Your heartbeat interval' : 'The heartbeat interval the server asks for'} of ${duration(intervalMs)} does not fit the server's receive timeout of ${duration(timeoutMs)} (it must be under ${duration(timeoutMs / 2)}); ${duration(usedMs)} is used.`,
  },
  adapted: {
    silence: (limitMs: number, usedMs: number, needs: 'frames' | 'messages') =>
      needs === 'frames'
        ? `Connections to this address end after ${duration(limitMs)} of silence; heartbeats are now sent every ${duration(usedMs)}.`
        : `Connections to this address end after ${duration(limitMs)} without a message; heartbeat messages are now sent every ${duration(usedMs)}.`,
    lifetime: (limitMs: number, usedMs: number) =>
      `Connections to this address end after ${duration(limitMs)}, however busy; from now on it reconnects after ${duration(usedMs)}, before that happens.`,
  },
  /** Why lines are missing; that they are, and how many, is said in front of it. */
  gap: {
    unannounced: 'The server does not say why.',
    notTold:
      'The server could not be told where this client stood in so many sources; what came between is unknown, and lines may come again.',
    plainReconnect: 'The connection was interrupted, and this server cannot say what it sent meanwhile.',
  },
  history: {
    busy: 'Earlier lines of this source are already being fetched.',
    unavailable: 'Earlier lines cannot be fetched: this server does not offer them.',
    notConnected: 'Earlier lines cannot be fetched while the connection is down.',
    interrupted: 'The connection was lost while earlier lines were being fetched; try again.',
    timeout: 'The server did not answer the request for earlier lines; try again.',
    brokeOff: 'Earlier lines could not be read to their end; try again.',
  },
  report: {
    title: (name: string) => `# Connection report: ${name}`,
    madeAt: (time: string) =>
      `Made at ${time}. It holds no secrets: addresses are shown without user name, password and query.`,
    summary: '## Now',
    timings: '## Timings in force',
    learned: '## Learned about this address',
    roundTrips: '## Round trips',
    traffic: '## Lines',
    gaps: '## Gaps',
    sources: '## Positions',
    timeline: '## Timeline',
    nothing: 'Nothing.',
    state: (state: string, since: string) => `State: **${state}** since ${since}`,
    why: (reason: string) => `Why: ${reason}`,
    address: (address: string) => `Address: ${address}`,
    attempt: (attempt: number) => `Failed attempts in a row: ${attempt}`,
    lastDisconnect: (at: string, reason: string, code: string) => `Last disconnect: ${at}, ${reason}${code}`,
    code: (code: number) => ` (code ${code})`,
    heartbeat: (ms: number, origin: string) => `Heartbeat interval: ${duration(ms)} (${origin})`,
    pingKind: (kind: string) => `Heartbeats are ${kind}`,
    pingKinds: {
      message: 'messages of the protocol',
      frame: 'RFC 6455 pings',
      json: 'JSON messages, and RFC 6455 pings beside them',
    },
    noLink: 'No connection is open.',
    receiveTimeout: (ms: number) =>
      `The server closes after ${duration(ms)} without a frame from us (stated by the server)`,
    heartbeatTimeout: (ms: number) =>
      `The server closes after ${duration(ms)} without an answer to its ping (stated by the server)`,
    reconnectWindow: (ms: number) => `Reconnects are spread over ${duration(ms)} (stated by the server)`,
    silence: (ms: number, stated: boolean) =>
      `The server counts as dead after ${duration(ms)} without a frame (${stated ? 'negotiated' : 'the default for servers that state no timings'})`,
    maxAttempts: (count: number) => `Unstable connections in a row before it is tried only every few minutes: ${count}`,
    silenceLimit: (limitMs: number, needs: string) =>
      `Ends connections that are silent for ${duration(limitMs)}; kept alive by ${needs}`,
    needs: { frames: 'any frame', messages: 'messages' },
    lifetimeLimit: (limitMs: number) => `Ends connections of an age of ${duration(limitMs)}`,
    plainDialect: 'Does not speak the Live Log Stream protocol; read as plain text',
    roundTrip: (count: number, minimum: string, median: string, maximum: string) =>
      `${count} measured: shortest ${minimum} ms, median ${median} ms, longest ${maximum} ms`,
    received: (lines: number, bytes: number) => `${lines} lines received, ${bytes} bytes`,
    connections: (opened: number, resumed: number) => `${opened} connections opened, ${resumed} of them resumed`,
    duplicates: (lines: number) => `${lines} lines came twice and were left out`,
    gap: (at: string, source: string, count: string, reason: string) => `${at}: ${source}, ${count}, ${reason}`,
    gapCount: (count: number | null, from: number, to: number) =>
      count === null ? 'unknown number of lines' : `${count} lines (${from} to ${to - 1})`,
    earlier: (count: number) => `(${count} earlier left out)`,
    position: (source: string, epoch: string, nextSeq: number) => `${source}: next line ${nextSeq} of ${epoch}`,
    timelineEntry: (at: string, what: string, text: string) => `${at} **${what}** ${text}`,
  },
};
