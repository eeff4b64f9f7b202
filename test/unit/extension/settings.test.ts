import assert from 'node:assert/strict';
import { NUMBER_SETTINGS, readSettings } from '../../../src/extension/settings';
import { CONNECTION_FORMATS, CONNECTIONS_KEY, SETTINGS_SECTION } from '../../../src/extension/settingsKeys';
import { VIEWER_SETTINGS } from '../../../src/extension/viewerSettingsReader';
import { NO_VIEWER_SETTINGS } from '../../../src/view/viewerSettings';
import { manifest, manifestTexts, readme } from './manifest';

function read(values: Record<string, unknown>) {
  return readSettings(
    (key) => values[key],
    (address) => (address.startsWith('ws://') ? null : `${address} is no address.`),
  );
}

describe('reading the settings', () => {
  it('gives the defaults where nothing is set', () => {
    assert.deepEqual(read({}), {
      settings: {
        bufferMiB: 256,
        heartbeatIntervalSeconds: 0,
        reconnectMaxAttempts: 20,
        serverPort: 0,
        connections: [],
        viewer: NO_VIEWER_SETTINGS,
      },
      problems: [],
    });
  });

  it('takes the nearest value inside the limits and says so', () => {
    const { settings, problems } = read({ bufferMiB: 1, 'heartbeat.intervalSeconds': 60, 'reconnect.maxAttempts': 3 });
    assert.equal(settings.bufferMiB, 8);
    assert.equal(settings.heartbeatIntervalSeconds, 30);
    assert.equal(settings.reconnectMaxAttempts, 3);
    assert.deepEqual(problems, [
      'The setting logStream.bufferMiB must be from 8 to 4096 MiB, not 1: 8 is used.',
      'The setting logStream.heartbeat.intervalSeconds must be from 0 to 30 seconds, not 60: 30 is used.',
    ]);
  });

  it('takes the default in place of what is no number and says so', () => {
    const { settings, problems } = read({ 'server.port': '8000' });
    assert.equal(settings.serverPort, 0);
    assert.deepEqual(problems, [
      'The setting logStream.server.port must be a number from 0 to 65535, not "8000": 0 is used.',
    ]);
  });

  it('keeps the connections that can be used and names each that cannot', () => {
    const { settings, problems } = read({
      connections: [
        { name: ' web ', url: 'ws://a/ws', autoConnect: true },
        { name: 'text', url: 'ws://b', format: 'text' },
        { url: 'ws://c' },
        { name: 'no url' },
        { name: 'bad url', url: 'ftp://c' },
        { name: 'web', url: 'ws://d' },
        { name: 'odd', url: 'ws://e', format: 'xml' },
        'nothing',
      ],
    });
    assert.deepEqual(settings.connections, [
      { name: 'web', url: 'ws://a/ws', format: 'auto', autoConnect: true },
      { name: 'text', url: 'ws://b', format: 'text', autoConnect: false },
      { name: 'odd', url: 'ws://e', format: 'auto', autoConnect: false },
    ]);
    assert.equal(problems.length, 6);
    assert.match(problems[0] ?? '', /Entry 3 .* has no name/);
    assert.match(problems[2] ?? '', /“bad url” .* cannot be used: ftp:\/\/c is no address\./);
  });

  it('ignores connections that are no list and says so', () => {
    const { settings, problems } = read({ connections: { name: 'web' } });
    assert.deepEqual(settings.connections, []);
    assert.equal(problems.length, 1);
  });
});

describe('the table of settings', () => {
  const properties = manifest.contributes.configuration.properties;

  it('names the same settings as the manifest', () => {
    const listed = [...Object.values(NUMBER_SETTINGS), ...Object.values(VIEWER_SETTINGS)];
    const keys = [...listed.map(({ key }) => key), CONNECTIONS_KEY];
    assert.deepEqual(Object.keys(properties).sort(), keys.map((key) => `${SETTINGS_SECTION}.${key}`).sort());
  });

  for (const setting of Object.values(NUMBER_SETTINGS)) {
    const id = `${SETTINGS_SECTION}.${setting.key}`;
    it(`agrees with the manifest on ${id}: default, limits and unit`, () => {
      const property = properties[id];
      assert.ok(property);
      assert.equal(property.type, setting.whole ? 'integer' : 'number');
      assert.equal(property.default, setting.default);
      assert.equal(property.minimum, setting.minimum);
      assert.equal(property.maximum, setting.maximum);
      const description = manifestTexts[(property.markdownDescription ?? '').replaceAll('%', '')] ?? '';
      assert.ok(description.includes(setting.unit), `the description of ${id} names its unit`);
      assert.ok(description.includes(String(setting.default)), `the description of ${id} names its default`);
      assert.ok(description.includes(String(setting.maximum)), `the description of ${id} names its largest value`);
    });

    it(`agrees with the README on ${id}`, () => {
      const row = readme()
        .split('\n')
        .find((line) => line.startsWith('|') && line.includes(`\`${id}\``));
      assert.ok(row, `the README has a row for ${id}`);
      assert.ok(row.includes(String(setting.default)), `the README's row for ${id} names the default`);
      assert.ok(row.includes(setting.unit), `the README's row for ${id} names the unit`);
    });
  }

  it('agrees with the manifest on the formats of a connection', () => {
    const connections = properties[`${SETTINGS_SECTION}.${CONNECTIONS_KEY}`];
    assert.deepEqual(connections?.items?.properties.format?.enum, [...CONNECTION_FORMATS]);
    assert.ok(readme().includes(`\`${SETTINGS_SECTION}.${CONNECTIONS_KEY}\``));
  });
});
