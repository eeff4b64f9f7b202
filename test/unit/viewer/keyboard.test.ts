import assert from 'node:assert/strict';
import { KEY_ACTIONS } from '../../../src/view/keyAction';
import { KEY_BINDINGS, keyLabel, nameOfKey } from '../../../src/viewer/keyboard';

const pressed = (
  key: string,
  modifiers: { code?: string; alt?: boolean; ctrl?: boolean; shift?: boolean; altGr?: boolean } = {},
) =>
  nameOfKey({
    key,
    code: modifiers.code ?? key,
    ctrlKey: modifiers.ctrl === true || modifiers.altGr === true,
    metaKey: false,
    altKey: modifiers.alt === true || modifiers.altGr === true,
    shiftKey: modifiers.shift === true,
    getModifierState: (name) => name === 'AltGraph' && modifiers.altGr === true,
  });

describe('the keys of the viewer', () => {
  it('reach every action that VS Code has a command for', () => {
    const bound = new Set<string>(KEY_BINDINGS.map(({ action }) => action));
    assert.deepEqual(
      KEY_ACTIONS.filter((action) => !bound.has(action)),
      [],
    );
  });

  it('mean one thing each', () => {
    const keys = KEY_BINDINGS.flatMap((binding) => binding.keys);
    assert.equal(new Set(keys).size, keys.length);
  });

  it('are the same on every layout', () => {
    assert.equal(pressed('?', { shift: true }), '?');
    assert.equal(pressed('ç', { alt: true, code: 'KeyC' }), 'Alt+KeyC');
    assert.equal(pressed('Z', { shift: true }), 'Shift+Z');
    assert.equal(pressed('F', { ctrl: true, shift: true }), 'Ctrl+Shift+f');
    assert.equal(pressed('/', { shift: true }), '/');
  });

  it('leave characters typed with AltGr alone', () => {
    assert.equal(pressed('{', { altGr: true, code: 'KeyB' }), '{');
  });

  it('are named as a person reads them', () => {
    assert.deepEqual([' ', 'Ctrl+Shift+f', 'Alt+KeyZ', 'ArrowUp', 'F3', '/'].map(keyLabel), [
      'Space',
      'Ctrl+Shift+F',
      'Alt+Z',
      'Up',
      'F3',
      '/',
    ]);
  });
});
