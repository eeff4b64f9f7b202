import assert from 'node:assert/strict';
import { readCommandLine } from '../../../src/cli/options';

const url = 'ws://localhost:8000/ws';

function options(...args: string[]) {
  const command = readCommandLine([...args, url]);
  assert.ok(command.kind === 'run', JSON.stringify(command));
  return command.options;
}

describe('the command line of live-log-tail', () => {
  it('has the defaults of the contract', () => {
    assert.deepEqual(options(), {
      url,
      lines: 10,
      sources: undefined,
      format: 'auto',
      status: 'text',
      heartbeatMs: undefined,
      tokenFile: undefined,
      maxAttempts: undefined,
      stateFile: undefined,
      reportFile: undefined,
    });
  });

  it('takes every option of the contract', () => {
    const read = options(
      ...['--lines', 'all', '--source', 'a', '--source', 'b', '--status', 'json', '--heartbeat', '2.5'],
      ...['--token-file', 't', '--max-attempts', '3', '--state-file', 's', '--report', 'r', '--format', 'json'],
    );
    assert.deepEqual(read, {
      url,
      lines: 'all',
      sources: ['a', 'b'],
      format: 'json',
      status: 'json',
      heartbeatMs: 2500,
      tokenFile: 't',
      maxAttempts: 3,
      stateFile: 's',
      reportFile: 'r',
    });
    assert.equal(options('-n', '0').lines, 0);
  });

  it('says in one sentence what is wrong', () => {
    const wrong: [string[], RegExp][] = [
      [[], /No address given/],
      [[url, 'ws://x'], /"ws:\/\/x" is a second one/],
      [['ftp://x'], /"ftp:\/\/x" is not the address/],
      [['localhost:8000'], /is not the address/],
      [['--nope', url], /There is no option --nope\./],
      [['-x', url], /There is no option -x\./],
      [[url, '--lines'], /--lines needs a value/],
      [['--lines', '--status', url], /--lines needs a value/],
      [['--help=yes'], /--help takes no value/],
      [['--lines', '-5', url], /--lines (needs|takes)/],
      [['--lines', '1e3', url], /--lines takes a whole number/],
      [['--heartbeat', '0', url], /--heartbeat takes a number of seconds above 0/],
      [['--heartbeat', 'x', url], /--heartbeat/],
      [['--max-attempts', '0', url], /--max-attempts takes/],
      [['--status', 'xml', url], /--status takes text or json, not "xml"/],
      [['--format', 'xml', url], /--format takes auto, logstream, text or json/],
      [['--report', '', url], /--report must not be empty/],
    ];
    for (const [args, expected] of wrong) {
      const command = readCommandLine(args);
      assert.ok(command.kind === 'problem', args.join(' '));
      assert.match(command.problem, expected);
      assert.ok(!command.problem.includes('\n'));
    }
  });

  it('shows help with every option and its value', () => {
    const command = readCommandLine(['--help']);
    assert.ok(command.kind === 'help');
    for (const option of ['--lines N|all', '--source NAME', '--status text|json', '--heartbeat S', '--token-file F']) {
      assert.ok(command.text.includes(option), option);
    }
    assert.equal(readCommandLine(['--version']).kind, 'version');
  });
});
