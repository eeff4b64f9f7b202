import assert from 'node:assert/strict';
import { manifest } from './manifest';

const { publisher, name, version, contributes } = manifest;
const attributes = contributes.configurationDefaults['remote.portsAttributes'] ?? {};

describe('what VS Code does with the port of our server', () => {
  const [pattern = ''] = Object.keys(attributes);
  /** VS Code takes a key that is no number and no range for a regular expression, and tries it on the command line. */
  const isOurs = (commandLine: string): boolean => new RegExp(pattern).test(commandLine);

  it('is nothing: it is neither forwarded nor announced', () => {
    assert.deepEqual(Object.values(attributes), [{ onAutoForward: 'ignore' }]);
  });

  it('is so wherever the extension is installed', () => {
    const folder = `${publisher}.${name}-${version}`;
    for (const commandLine of [
      `/home/me/.vscode-server/bin/node /home/me/.vscode-server/extensions/${folder}/dist/server.js --port 8000 /app.log`,
      `C:\\Users\\me\\Code.exe C:\\Users\\me\\.vscode\\extensions\\${folder}\\dist\\server.js --port 8000 --demo`,
      `/node /extensions/${publisher}.${name}-12.3.4-linux-x64/dist/server.js --port 1`,
    ]) {
      assert.ok(isOurs(commandLine), commandLine);
    }
  });

  it('is what the person has chosen for everything else, the servers of their own work first of all', () => {
    for (const commandLine of [
      'node dist/server.js --port 8000',
      'node /home/me/live-log-stream/dist/server.js app.log',
      `node /extensions/${publisher}.${name}-1.0.0/dist/extension.js`,
      `node /extensions/other.${name}-1.0.0/dist/server.js`,
    ]) {
      assert.ok(!isOurs(commandLine), commandLine);
    }
  });
});
