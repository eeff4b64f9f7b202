import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  LONGEST_NAME,
  LONGEST_TEXT,
  readViewerSettings,
  VIEWER_SETTINGS,
} from '../../../src/extension/viewerSettingsReader';
import { FIELD_OPERATORS } from '../../../src/records/fieldCondition';
import { LEVELS } from '../../../src/records/level';
import { HIGHLIGHT_COLOURS, NO_VIEWER_SETTINGS } from '../../../src/view/viewerSettings';
import { manifest, manifestTexts, readme } from './manifest';

function read(values: Record<string, unknown>) {
  const problems: string[] = [];
  return { settings: readViewerSettings((key) => values[key], problems), problems };
}

describe('reading the settings of the viewer', () => {
  it('gives empty lists where nothing is set', () => {
    assert.deepEqual(read({}), { settings: NO_VIEWER_SETTINGS, problems: [] });
    assert.deepEqual(read({ formats: [], highlights: null }), { settings: NO_VIEWER_SETTINGS, problems: [] });
  });

  it('keeps the formats that can be used and names each that cannot', () => {
    const { settings, problems } = read({
      formats: [
        { name: ' own ', pattern: '^(?<level>\\w+): (?<message>.*)$' },
        { name: 'own', pattern: 'x' },
        { name: 'open', pattern: '(' },
        { name: 'slow', pattern: '(a+)+' },
        { name: 'empty' },
        { pattern: 'x' },
        7,
      ],
    });
    assert.deepEqual(settings.formats, [{ name: 'own', pattern: '^(?<level>\\w+): (?<message>.*)$' }]);
    assert.equal(problems.length, 6);
    assert.match(problems[0] ?? '', /called “own”/);
    assert.match(
      problems[1] ?? '',
      /^“open” in the setting logStream\.formats cannot be used: .*not a regular expression/,
    );
    assert.match(problems[2] ?? '', /“slow” .*take forever/);
    assert.match(problems[3] ?? '', /“empty” .* has no pattern/);
    assert.match(problems[4] ?? '', /^Entry 6 of the setting logStream\.formats needs a name/);
  });

  it('keeps the highlights that can be used and names each that cannot', () => {
    const { settings, problems } = read({
      highlights: [
        { name: 'a', text: 'x' },
        { name: 'b', text: 'y.*', colour: 'red', regularExpression: true, wholeWord: false },
        { name: 'c', text: '' },
        { name: 'd', text: 'x', colour: 'pink' },
        { name: 'e', text: '[', regularExpression: true },
      ],
    });
    assert.deepEqual(settings.highlights, [
      { name: 'a', text: 'x', colour: 'yellow' },
      { name: 'b', text: 'y.*', colour: 'red', regularExpression: true },
    ]);
    assert.equal(problems.length, 3);
    assert.match(problems[1] ?? '', /colour "pink", which is none of red, orange/);
  });

  it('reads filters as a person writes them', () => {
    const { settings, problems } = read({
      filters: [
        {
          name: 'slow',
          filter: {
            text: 'GET',
            wholeWord: true,
            terms: ['status>=500', '-user=bot', '-heartbeat', 'plain words', { kind: 'text', text: 'x' }],
            levels: ['warn', null],
            since: '2026-01-01T00:00:00Z',
            context: { before: 1, after: 2 },
            fromRow: 7,
          },
        },
      ],
    });
    assert.deepEqual(problems, []);
    assert.deepEqual(settings.filters, [
      {
        name: 'slow',
        filter: {
          text: 'GET',
          wholeWord: true,
          terms: [
            { kind: 'field', field: 'status', operator: '>=', value: '500' },
            { kind: 'field', field: 'user', operator: '=', value: 'bot', exclude: true },
            { kind: 'text', text: 'heartbeat', exclude: true },
            { kind: 'text', text: 'plain words' },
            { kind: 'text', text: 'x' },
          ],
          levels: ['warn', null],
          since: Date.UTC(2026, 0, 1),
          context: { before: 1, after: 2 },
        },
      },
    ]);
  });

  it('leaves out a filter of which a part cannot be read, rather than showing too much', () => {
    const { settings, problems } = read({
      filters: [
        { name: 'terms', filter: { terms: ['a', { kind: 'other' }] } },
        { name: 'levels', filter: { levels: ['warning'] } },
        { name: 'since', filter: { since: 'yesterday' } },
        { name: 'filter', filter: 'text' },
        { name: 'slow', filter: { terms: [{ kind: 'text', text: '(a+)+', regularExpression: true }] } },
        { name: 'good', filter: { text: '', levels: ['warn', 'warn'] } },
      ],
    });
    assert.deepEqual(
      settings.filters.map(({ name }) => name),
      ['good'],
    );
    assert.equal(problems.length, 5);
    for (const part of ['terms', 'levels', 'since', 'filter']) {
      assert.ok(
        problems.includes(`The filter “${part}” in the settings cannot be used, because its ${part} cannot be read.`),
      );
    }
  });

  it('reads columns once each', () => {
    const { settings, problems } = read({ columns: ['user', ' http.status ', 'user', '', 7] });
    assert.deepEqual(settings.columns, ['user', 'http.status']);
    assert.equal(problems.length, 2);
  });

  it('takes no more than the most of each, and says so', () => {
    for (const { key, maximum } of Object.values(VIEWER_SETTINGS)) {
      const { settings, problems } = read({
        [key]: Array.from({ length: maximum + 1 }, (_, index) =>
          key === 'columns' ? `f${index}` : { name: `n${index}`, pattern: 'x', text: 'x', filter: {} },
        ),
      });
      assert.equal(settings[key].length, maximum);
      assert.deepEqual(problems, [
        `The setting logStream.${key} has more than ${maximum} entries: the first ${maximum} are used.`,
      ]);
    }
  });

  it('reads anything without failing, and says one sentence for each thing that it leaves out', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...Object.keys(VIEWER_SETTINGS)), fc.jsonValue()), (values) => {
        const { problems } = read(values);
        assert.ok(problems.every((problem) => typeof problem === 'string' && problem.length > 0));
      }),
    );
  });
});

describe('the table of the viewer’s settings', () => {
  const properties = manifest.contributes.configuration.properties;

  for (const { key, maximum } of Object.values(VIEWER_SETTINGS)) {
    it(`agrees with manifest and README on logStream.${key}: default, limit, wording`, () => {
      const property = properties[`logStream.${key}`];
      assert.ok(property);
      assert.equal(property.type, 'array');
      assert.deepEqual(property.default, []);
      assert.equal(property.maxItems, maximum);
      const description = manifestTexts[(property.markdownDescription ?? '').replaceAll('%', '')] ?? '';
      assert.match(description, new RegExp(`At most ${maximum}; default: none\\.`));
      const row = readme()
        .split('\n')
        .find((line) => line.startsWith('|') && line.includes(`\`logStream.${key}\``));
      assert.ok(row?.includes(`at most ${maximum}`), `the README has a row for logStream.${key} with its limit`);
    });
  }

  it('agrees with the manifest on names, texts, colours, levels and operators', () => {
    const highlight = properties['logStream.highlights']?.items?.properties;
    assert.deepEqual(highlight?.colour?.enum, [...HIGHLIGHT_COLOURS]);
    assert.equal(highlight?.name?.maxLength, LONGEST_NAME);
    assert.equal(highlight?.text?.maxLength, LONGEST_TEXT);
    const filters = JSON.stringify(properties['logStream.filters']);
    assert.ok(filters.includes(JSON.stringify([...LEVELS, null])));
    assert.ok(filters.includes(JSON.stringify(FIELD_OPERATORS)));
  });

  it('does not take expressions from a folder that is not trusted', () => {
    for (const key of ['connections', 'formats', 'highlights', 'filters']) {
      assert.ok(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations.includes(`logStream.${key}`), key);
    }
  });
});
