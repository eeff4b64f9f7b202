import assert from 'node:assert/strict';
import { panelHtml } from '../../../src/extension/panelHtml';

const addresses = {
  script: 'https://resource/panel.js',
  styles: ['https://resource/viewer.css'],
  iconStyle: 'https://resource/codicon.css',
  contentSource: 'https://resource',
};

describe('the document of the panel', () => {
  const html = panelHtml(addresses, 'abc123', 'Live Log: <web> & "more"');
  const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1] ?? '';

  it('allows nothing that is not named', () => {
    assert.ok(policy.startsWith("default-src 'none'"));
    assert.doesNotMatch(policy, /unsafe|\*|data:|http:/);
    assert.ok(policy.includes("base-uri 'none'"));
    assert.ok(policy.includes("form-action 'none'"));
  });

  it('runs only scripts with the nonce, and all its scripts have it', () => {
    assert.ok(policy.includes("script-src 'nonce-abc123';"));
    const scripts = html.match(/<script[^>]*>/g) ?? [];
    assert.equal(scripts.length, 1);
    assert.ok(scripts.every((script) => script.includes('nonce="abc123"')));
    assert.doesNotMatch(html, / on[a-z]+=| style=/);
  });

  it('keeps a name with markup in it as text', () => {
    assert.ok(html.includes('<title>Live Log: &lt;web&gt; &amp; &quot;more&quot;</title>'));
  });
});
