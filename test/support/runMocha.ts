import Mocha from 'mocha';
import { TallyReporter } from './tallyReporter';

/** How long after the last test this process may take to end by itself, in ms. */
const quietEndMs = 5_000;

/**
 * Runs the test files given as arguments. Exit code 1 when a test failed, and also when a test
 * left a socket, a timer or a process open: what keeps this process alive would keep a product
 * that does the same alive as well.
 */
function main(): void {
  const mocha = new Mocha({ reporter: TallyReporter, timeout: 10_000, forbidOnly: true });
  for (const file of process.argv.slice(2)) {
    mocha.addFile(file);
  }
  mocha.run((failures) => {
    process.exitCode = failures > 0 ? 1 : 0;
    setTimeout(() => {
      const kinds = [...new Set(process.getActiveResourcesInfo())].filter((kind) => kind !== 'Timeout').join(', ');
      console.log(`A test left something open that keeps the process alive (${kinds || 'a timer'}).`);
      process.exit(1);
    }, quietEndMs).unref();
  });
}

main();
