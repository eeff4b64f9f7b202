import { decodeFrame } from '../../protocol/frames';
import { parseServerMessage } from '../../protocol/parse';
import type { Adapter, AdapterSink } from './adapter';

/**
 * A server of our own contract: JSON control messages and binary frames of lines, which are passed on
 * unread; only where `countLines` is given their number is checked.
 */
export function createLogstreamAdapter(sink: AdapterSink, countLines?: (bytes: Uint8Array) => number): Adapter {
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
      if (result.kind === 'malformed') {
        sink.violation(result.reason);
        return;
      }
      const { frame } = result;
      const lines = countLines?.(frame.bytes) ?? frame.count;
      if (lines === frame.count) {
        sink.lines(frame);
      } else {
        sink.violation(`a lines frame holds ${lines} lines although its header says ${frame.count}`);
      }
    },
    end() {},
  };
}
