import assert from 'node:assert/strict';
import { VIEWER_KEY_COMMANDS } from '../../../src/extension/viewerCommands';
import { KEY_BINDINGS } from '../../../src/viewer/keyboard';
import { manifest, readme } from '../extension/manifest';

/** The viewer's name of a key as VS Code writes it: `Alt+Shift+KeyX` is `alt+shift+x`. */
function inEditor(name: string): string {
  return name.replace(/Key(?=.$)/, '').toLowerCase();
}

describe('the keys of the commands in VS Code', () => {
  const commands: Readonly<Record<string, string>> = VIEWER_KEY_COMMANDS;
  const keysOf = (command: string) =>
    KEY_BINDINGS.filter(({ action }) => action === commands[command]).flatMap(({ keys }) => keys.map(inEditor));

  it('are the keys of the viewer', () => {
    for (const { command, key } of manifest.contributes.keybindings) {
      assert.ok(keysOf(command).includes(key), `${command} has ${key}, in the viewer ${keysOf(command).join(', ')}`);
    }
  });

  it('stand in the README as the viewer has them', () => {
    for (const command of Object.keys(commands)) {
      const row = readme()
        .split('\n')
        .find((line) => line.startsWith('|') && line.includes(`\`${command}\``));
      const key = /<kbd>(.*?)<\/kbd>/
        .exec(row ?? '')?.[1]
        ?.toLowerCase()
        .replace('space', ' ');
      assert.ok(key !== undefined && keysOf(command).includes(key), `the README has a key of ${command}, not ${key}`);
    }
  });
});
