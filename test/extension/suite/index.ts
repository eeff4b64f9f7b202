import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { TallyReporter } from '../../support/tallyReporter';

/**
 * The entry that VS Code calls inside its extension host. Runs every test file that was built
 * beside this one; rejects when a test failed, which VS Code turns into its exit code.
 */
export async function run(): Promise<void> {
  const { default: Mocha } = await import('mocha');
  const mocha = new Mocha({ reporter: TallyReporter, timeout: 30_000, forbidOnly: true });
  for (const file of readdirSync(__dirname, { recursive: true, encoding: 'utf8' }).sort()) {
    if (file.endsWith('.test.js')) {
      mocha.addFile(join(__dirname, file));
    }
  }
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) {
    throw new Error(`${failures} tests failed`);
  }
}
