import { type Clock, systemClock } from '../base/clock';
import { toDisposable } from '../base/disposable';

/**
 * A browser's clock for work in slices. Timers that set the next one are held back by 4 ms each in
 * a browser; what is due at once goes as a message instead, which drawing and input still precede.
 */
export const pageClock: Clock = {
  ...systemClock,
  schedule(delayMs, callback) {
    if (delayMs > 0) {
      return systemClock.schedule(delayMs, callback);
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      callback();
    };
    port2.postMessage(null);
    return toDisposable(() => {
      port1.onmessage = null;
      port1.close();
    });
  },
};
