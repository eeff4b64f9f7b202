import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, promises, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { mock } from 'node:test';
import { FollowedFiles, readAll } from '../../../support/followedFiles';
import { OpenFiles } from '../../../support/openFiles';

/** Long enough that a cursor tells the file from others by its bytes. */
const BANNER = `${'service started, version 1.2.3, '.repeat(4)}\n`;

/** What happens to a log between two looks, and the lines that it got since the first one. */
const CHANGES = {
  'was rotated twice': {
    change(log: string) {
      renameSync(log, `${log}.2`);
      writeFileSync(`${log}.1`, 'second\n');
      writeFileSync(log, 'third\n');
    },
    got: ['last', 'second', 'third'],
  },
  'lies beside only as a copy': {
    change(log: string) {
      copyFileSync(log, `${log}.2`);
      writeFileSync(`${log}.1`, 'second\n');
      rmSync(log);
      writeFileSync(log, 'third\n');
    },
    got: ['last', 'second', 'third'],
  },
  'was copied and cut': {
    change(log: string) {
      copyFileSync(log, `${log}.2`);
      writeFileSync(`${log}.1`, 'second\n');
      truncateSync(log);
      appendFileSync(log, 'third\n');
    },
    got: ['last', 'second', 'third'],
  },
  'was replaced by a longer copy': {
    change(log: string) {
      copyFileSync(log, `${log}.new`);
      appendFileSync(`${log}.new`, 'second\n');
      renameSync(`${log}.new`, log);
    },
    got: ['last', 'second'],
  },
} as const;

/** Makes calls to the system for open files fail, counted from when it is armed. */
class FailingCalls {
  readonly #opening;
  readonly #failsAt: number;
  readonly #isOutage: boolean;
  isArmed = false;
  calls = 0;

  /** `isOutage`: all from that call on, and no file can be opened; else that one alone. */
  constructor(failsAt: number, isOutage: boolean) {
    this.#failsAt = failsAt;
    this.#isOutage = isOutage;
    const { open } = promises;
    this.#opening = mock.method(promises, 'open', async (...args: Parameters<typeof open>) => {
      if (this.#isOutage && this.isArmed && this.calls > this.#failsAt) {
        throw Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' });
      }
      const handle = await open(...args);
      for (const name of ['stat', 'read'] as const) {
        const call = (handle[name] as (...with_: unknown[]) => Promise<unknown>).bind(handle);
        Object.assign(handle, { [name]: (...with_: unknown[]) => (this.#fails() ? failed() : call(...with_)) });
      }
      return handle;
    });
  }

  restore(): void {
    this.#opening.mock.restore();
  }

  #fails(): boolean {
    const call = this.isArmed ? this.calls++ : -1;
    return this.#isOutage ? call >= this.#failsAt : call === this.#failsAt;
  }
}

function failed(): Promise<never> {
  return Promise.reject(Object.assign(new Error('EIO: input/output error'), { code: 'EIO' }));
}

describe('a followed file of which reading fails for a moment', () => {
  for (const [how, { change, got }] of Object.entries(CHANGES)) {
    for (const isOutage of [false, true]) {
      const when = isOutage ? 'from any call to the system on' : 'at any single call to the system';
      it(`loses nothing in silence and leaves nothing open where it ${how} and that is ${when}`, async function () {
        this.timeout(30_000);
        let isReached = true;
        for (let failsAt = 0; isReached; failsAt++) {
          const files = await FollowedFiles.create();
          const opened = new OpenFiles();
          const failing = new FailingCalls(failsAt, isOutage);
          try {
            const log = files.path();
            writeFileSync(log, BANNER);
            const source = await files.follow();
            const reader = await source.open({ kind: 'last', lines: 'all' });
            await readAll(reader);
            const position = { source: source.id, epoch: 'e', nextSeq: 1, cursor: reader.cursor() };
            appendFileSync(log, 'last\n');
            change(log);
            failing.isArmed = true;
            await source.check();
            // A client that fails is closed, and comes back.
            const late = await source.open({ kind: 'resume', position }).catch(() => undefined);
            const readLate = await (late && readAll(late).catch(() => undefined));
            late?.dispose();
            const started = await files.follow();
            failing.isArmed = false;
            await source.check();
            for (const found of [await readAll(reader), readLate ?? got]) {
              const lines = found.filter((line) => !line.startsWith('<'));
              const isWhole = lines.join() === got.join() || found.some((line) => line.startsWith('<gap: '));
              assert.ok(isWhole, `where call ${failsAt} fails: ${found.join(', ')}`);
            }
            reader.dispose();
            source.dispose();
            started.dispose();
            await opened.allClosed();
            isReached = failing.calls > failsAt;
          } finally {
            failing.restore();
            opened.dispose();
            await files.remove();
          }
        }
      });
    }
  }
});
