import assert from 'node:assert/strict';
import { COMMAND_IDS } from '../../../src/extension/commands';
import { manifest, manifestText, manifestTexts, readme } from './manifest';

const { commands, menus } = manifest.contributes;

describe('the table of commands', () => {
  it('names the same commands as the manifest', () => {
    assert.deepEqual(commands.map(({ command }) => command).sort(), [...COMMAND_IDS].sort());
  });

  it('holds every command that a menu names', () => {
    for (const item of Object.values(menus).flat()) {
      assert.ok((COMMAND_IDS as readonly string[]).includes(item.command), item.command);
    }
  });

  it('gives every command of the palette a row with its title in the README', () => {
    const hidden = new Set(menus.commandPalette?.filter(({ when }) => when === 'false').map(({ command }) => command));
    for (const { command, title } of commands.filter((each) => !hidden.has(each.command))) {
      const row = readme()
        .split('\n')
        .find((line) => line.startsWith('|') && line.includes(`\`${command}\``));
      assert.ok(row, `the README has a row for ${command}`);
      const text = manifestTexts[title.replaceAll('%', '')] ?? '';
      assert.ok(row.includes(text), `the README calls ${command} “${text}”`);
    }
  });
});

describe('the texts of the manifest', () => {
  const used = [...manifestText.matchAll(/"%([^"%]+)%"/g)].map((match) => match[1] ?? '');

  it('exist for every key that the manifest uses', () => {
    assert.deepEqual(
      used.filter((key) => manifestTexts[key] === undefined),
      [],
    );
  });

  it('are all used', () => {
    assert.deepEqual(
      Object.keys(manifestTexts).filter((key) => !used.includes(key)),
      [],
    );
  });

  it('call the command that people type “Connect to Log Stream”, and no other contains that', () => {
    const titles = commands.map(({ title }) => manifestTexts[title.replaceAll('%', '')] ?? '');
    assert.deepEqual(
      titles.filter((title) => /connect to log stream/i.test(title)),
      ['Connect to Log Stream'],
    );
  });
});
