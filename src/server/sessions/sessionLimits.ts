/** Figures a session is held to. Times in ms, sizes in bytes. */
export const SESSION_LIMITS = {
  /** A client that has not said hello by then is closed. */
  helloMs: 10_000,
  /** A part of where a client stands is waited for so long, behind the one before it. */
  resumePartMs: 10_000,
  /** Positions in sources that are not there (yet) which a client may leave with the server. */
  absentPositions: 1000,
  /** Sources that are open by then are announced together. */
  announceMs: 200,
  /** Nothing more is sent to a socket that has so much unsent. */
  unsentBytes: 1024 * 1024,
  /** A client that takes nothing for so long although lines wait is closed. */
  stalledMs: 60_000,
  /** A closing handshake is waited for so long. */
  closeMs: 1_000,
  /** Messages, pings and pongs a client may send in a row, and per second after that. */
  frameBurst: 200,
  framesPerSecond: 50,
  /** Most lines of one history request. */
  historyLines: 100_000,
  /** Answers to history at once: each holds a batch of lines in memory. */
  historyAtOnce: 4,
  /** Of what a client sent, at most so many characters come back to it. */
  echoedCharacters: 100,
  /** Longest client id, in characters. */
  clientIdLength: 128,
  /** Longest epoch that a client may resume, in characters: it goes into the heads of frames. */
  epochLength: 128,
} as const;
