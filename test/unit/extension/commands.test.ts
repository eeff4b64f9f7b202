import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { COMMAND_IDS } from '../../../src/extension/commands';
import { VIEWER_KEY_COMMANDS } from '../../../src/extension/viewerCommands';
import { KEY_ACTIONS } from '../../../src/view/keyAction';
import { repositoryRoot } from '../../support/testCache';
import { manifest, manifestText, manifestTexts, readme } from './manifest';

const { commands, keybindings, menus } = manifest.contributes;

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

describe('the walkthrough', () => {
  const steps = manifest.contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);

  it('shows pictures that are there, for dark, light and high contrast', () => {
    for (const { media } of steps) {
      for (const theme of ['dark', 'light', 'hc', 'hcLight']) {
        assert.ok(existsSync(join(repositoryRoot, media.image[theme] ?? '')), `${media.image[theme]}`);
      }
    }
  });

  it('names commands of ours, or of VS Code', () => {
    const named = steps.flatMap(({ description, completionEvents }) => {
      const text = `${manifestTexts[description.replaceAll('%', '')]} ${completionEvents.join(' ')}`;
      return [...text.matchAll(/(?:command:|onCommand:)([\w.]+)/g)].map(([, id]) => id ?? '');
    });
    assert.ok(named.length > 3);
    for (const id of named) {
      assert.ok(id.startsWith('workbench.action.') || (COMMAND_IDS as readonly string[]).includes(id), id);
    }
  });
});

describe('the commands of the viewer', () => {
  const ids: readonly string[] = Object.keys(VIEWER_KEY_COMMANDS);

  it('are one for each action of the viewer', () => {
    assert.deepEqual(Object.values(VIEWER_KEY_COMMANDS).sort(), [...KEY_ACTIONS].sort());
  });

  it('stand in the palette under one category, only while there is a panel', () => {
    for (const id of ids) {
      assert.equal(commands.find(({ command }) => command === id)?.category, '%command.category%', id);
      assert.equal(menus.commandPalette?.find(({ command }) => command === id)?.when, 'logStream.panelOpen', id);
    }
  });

  it('take a key only while the panel has the focus', () => {
    for (const { command, key, when } of keybindings) {
      assert.ok(ids.includes(command), command);
      assert.match(
        when,
        /^activeWebviewPanelId == 'logStream\.panel' && !inputFocus && !terminalFocus && !sideBarFocus/,
        key,
      );
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
