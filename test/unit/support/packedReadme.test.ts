import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repositoryRoot } from '../../support/testCache';

type PackedReadme = (markdown: string) => string;

const readme = readFileSync(join(repositoryRoot, 'README.md'), 'utf8');

describe('the README as it is packed', () => {
  let packedReadme: PackedReadme;

  before(async () => {
    ({ packedReadme } = (await import(pathToFileURL(join(repositoryRoot, 'packedReadme.mjs')).href)) as {
      packedReadme: PackedReadme;
    });
  });

  it('has no picture that lies in a file, and keeps those of the web', () => {
    assert.equal(packedReadme('a\n\n![one](media/one.png)\n\nb\n'), 'a\n\nb\n');
    const web = '![two](https://example.com/two.png)\n';
    assert.equal(packedReadme(web), web);
  });

  it('keeps of links to files the words, and other links as they are', () => {
    assert.equal(packedReadme('see [the protocol](docs/PROTOCOL.md).'), 'see the protocol.');
    const others = '[site](https://example.com/) [mail](mailto:a@example.com) [below](#settings)';
    assert.equal(packedReadme(others), others);
  });

  it('changes nothing else of ours', () => {
    const changed = readme.split('\n').filter((line) => packedReadme(line) !== line);
    for (const line of changed) {
      assert.match(line, /\]\((docs|media)\//, line);
    }
    assert.doesNotMatch(packedReadme(readme), /!\[|\]\((docs|media)\//);
  });
});

describe('the README of the repository', () => {
  it('names only files that are there', () => {
    const files = [...readme.matchAll(/\]\(((?![a-z]+:|#)[^)\s]+)\)/g)].map(([, file]) => file ?? '');
    assert.ok(files.length > 5);
    assert.deepEqual(
      files.filter((file) => !existsSync(join(repositoryRoot, file))),
      [],
    );
  });
});
