// Builds everything that ships into dist/. `--watch` rebuilds on change, `--production` minifies.

import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { context } from 'esbuild';
import { packedReadme } from './packedReadme.mjs';

const watch = process.argv.includes('--watch');
const production = process.argv.includes('--production');
const { version } = JSON.parse(await readFile('package.json', 'utf8'));

const shared = {
  bundle: true,
  sourcemap: !production,
  minify: production,
  legalComments: 'none',
  logLevel: 'info',
  define: { 'process.env.LIVE_LOG_STREAM_VERSION': JSON.stringify(version) },
};

/** Node 20 is the oldest runtime: VS Code 1.99 runs extensions on it. `ws` uses the two native add-ons only if present. */
const node = {
  ...shared,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  external: ['vscode', 'bufferutil', 'utf-8-validate'],
};

const browser = { ...shared, platform: 'browser', format: 'iife', target: ['chrome120', 'firefox121', 'safari17'] };

const builds = [
  {
    ...node,
    entryPoints: { extension: 'src/extension/node.ts' },
    outdir: 'dist',
    // What every window loads. The rest is required when it is first needed: VS Code stands in for the
    // module "vscode" in what is required, so that no import of Node's own is left.
    external: [...node.external, './window'],
    supported: { 'dynamic-import': false },
  },
  { ...node, entryPoints: { window: 'src/extension/window.ts' }, outdir: 'dist' },
  {
    ...node,
    entryPoints: { server: 'src/server/cli/main.ts' },
    outdir: 'dist',
    // tinyglobby is an ES module that asks for its own address, which a CommonJS bundle has not.
    define: { ...node.define, 'import.meta.url': 'importMetaUrl' },
    banner: {
      js: '#!/usr/bin/env node\nconst importMetaUrl = require("node:url").pathToFileURL(__filename).href;',
    },
  },
  { ...node, entryPoints: { tail: 'src/cli/main.ts' }, outdir: 'dist', banner: { js: '#!/usr/bin/env node' } },
  {
    ...browser,
    entryPoints: { panel: 'src/viewer/panelEntry.ts', page: 'src/viewer/pageEntry.ts' },
    outdir: 'dist/viewer',
  },
].filter((build) => Object.values(build.entryPoints).every((entry) => existsSync(entry)));

const viewerFiles = [
  ['src/viewer/index.html', 'dist/viewer/index.html'],
  ['media/viewer.css', 'dist/viewer/viewer.css'],
  ['media/page-theme.css', 'dist/viewer/page-theme.css'],
  ['media/icon.svg', 'dist/viewer/icon.svg'],
  ['node_modules/@vscode/codicons/dist/codicon.css', 'dist/viewer/codicon.css'],
  ['node_modules/@vscode/codicons/dist/codicon.ttf', 'dist/viewer/codicon.ttf'],
];

await rm('dist', { recursive: true, force: true });
await mkdir('dist/viewer', { recursive: true });
for (const [from, to] of viewerFiles) {
  if (existsSync(from)) {
    await copyFile(from, to);
  }
}
await writeFile('dist/README.md', packedReadme(await readFile('README.md', 'utf8')));
const contexts = await Promise.all(builds.map((build) => context(build)));
if (watch) {
  await Promise.all(contexts.map((each) => each.watch()));
} else {
  await Promise.all(contexts.map((each) => each.rebuild()));
  await Promise.all(contexts.map((each) => each.dispose()));
}
