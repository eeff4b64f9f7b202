import { decodeFrame } from '../../protocol/frames';
import { parseServerMessage } from '../../protocol/parse';
import type { Adapter, AdapterSink } from './adapter';

/** A server of our own contract: JSON control messages and binary frames of lines, which are passed on unread. */
export function createLogstreamAdapter(sink: AdapterSink): Adapter {
  return {
    text(text) {
      const result = parseServerMessage(text);
      if (result.kind === 'message') {
        sink.message(result.message);
      } else if (result.kind === 'malformed') {
        sink.violation(result.reason);
      }
    },
    binary(bytes) {
      const result = decodeFrame(bytes);
      if (result.kind === 'frame') {
        sink.lines(result.frame);
      } else {
        sink.violation(result.reason);
      }
    },
  };
}
