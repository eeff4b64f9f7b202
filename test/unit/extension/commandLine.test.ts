import assert from 'node:assert/strict';
import { parseCommandLine } from '../../../src/extension/commandLine';

describe('parseCommandLine', () => {
  const posix: [line: string, expected: readonly string[] | null][] = [
    ['docker logs -f web', ['docker', 'logs', '-f', 'web']],
    ['  tail   -f  a.log ', ['tail', '-f', 'a.log']],
    ['kubectl logs -f "my pod" -c \'a b\'', ['kubectl', 'logs', '-f', 'my pod', '-c', 'a b']],
    ['app --title ""', ['app', '--title', '']],
    ['app a\\ b', ['app', 'a b']],
    ['app "say \\"hi\\""', ['app', 'say "hi"']],
    ["awk '{print $1}' a.log", ['awk', '{print $1}', 'a.log']],
    ['docker logs -f web | grep ERROR', ['/bin/sh', '-c', 'docker logs -f web | grep ERROR']],
    ['tail -f $HOME/a.log', ['/bin/sh', '-c', 'tail -f $HOME/a.log']],
    ['tail -f "$HOME/a.log"', ['/bin/sh', '-c', 'tail -f "$HOME/a.log"']],
    ['TZ=UTC app', ['/bin/sh', '-c', 'TZ=UTC app']],
    ['tail -f *.log', ['/bin/sh', '-c', 'tail -f *.log']],
    ['', null],
    ['   ', null],
    ['app "unclosed', null],
  ];
  for (const [line, expected] of posix) {
    it(`reads ${JSON.stringify(line)} on Linux and macOS`, () => {
      assert.deepEqual(parseCommandLine(line, 'linux'), expected);
    });
  }

  it('hands a command to cmd.exe on Windows, where only that finds .cmd files', () => {
    assert.deepEqual(parseCommandLine('npm run dev', 'win32'), ['cmd.exe', '/d', '/s', '/c', 'npm run dev']);
  });

  it('runs an .exe itself on Windows and keeps the backslashes of its paths', () => {
    assert.deepEqual(parseCommandLine('"C:\\Program Files\\app.exe" -f C:\\logs', 'win32'), [
      'C:\\Program Files\\app.exe',
      '-f',
      'C:\\logs',
    ]);
  });
});
