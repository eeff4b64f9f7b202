import type { Connection } from '../../src/client/connection';

/** Waits until something holds, looked at whenever the connection says anything. */
export function untilConnection(
  connection: Connection,
  what: string,
  holds: () => boolean,
  deadlineMs = 8000,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const subscriptions = [
      connection.onDidChangeStatus,
      connection.onLines,
      connection.onNotice,
      connection.onHeartbeat,
    ].map((event) => (event as (listener: () => void) => { dispose(): void })(() => look()));
    const deadline = setTimeout(
      () => done(new Error(`not within ${deadlineMs} ms: ${what}; ${connection.report()}`)),
      deadlineMs,
    );
    const done = (error?: Error) => {
      clearTimeout(deadline);
      for (const subscription of subscriptions) {
        subscription.dispose();
      }
      error ? reject(error) : resolve();
    };
    const look = () => {
      if (holds()) {
        done();
      }
    };
    look();
  });
}
