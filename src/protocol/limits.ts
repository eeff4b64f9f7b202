/** Sizes both ends agree on; docs/PROTOCOL.md states the same figures. All in bytes unless said. */
export const LIMITS = {
  /** Largest control message either end sends or accepts. */
  controlMessageBytes: 64 * 1024,
  /** Most `resume` messages behind a `hello`: the places of some 20,000 sources. */
  resumeParts: 128,
  /** Largest cursor. */
  cursorBytes: 512,
  /** Largest JSON header of a lines frame. */
  frameHeaderBytes: 4 * 1024,
  /** Payload a server aims for in one lines frame; a longer single line makes a longer frame. */
  framePayloadBytes: 256 * 1024,
  /** The same on a way that has proved to be fast. */
  fastFramePayloadBytes: 1024 * 1024,
  /** Largest lines frame a client accepts: the longest line a server may be told to pass, and room. */
  frameBytes: 64 * 1024 * 1024,
  /** A longer line comes in pieces: of a server's sources unless it is told another length, of plain text always. */
  lineBytes: 1024 * 1024,
  /** So much of a line that is still being written is shown. */
  partialBytes: 16 * 1024,
  /** Longest secret that a peer hands out to be shown again, in characters. */
  secretLength: 128,
  /** RFC 6455 section 5.5: a control frame carries 125 bytes, two of them are the close code. */
  closeReasonBytes: 123,
} as const;
