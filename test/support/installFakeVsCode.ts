import Module from 'node:module';
import { join } from 'node:path';

/**
 * From now on `import 'vscode'` leads to the fake one, in this process. To be imported for its
 * effect, before anything of `src/extension` that imports the real one. Node offers no public way to
 * resolve a name anew for `require`, which the tests' loader uses; this one is what every such
 * loader builds on.
 */
interface ResolvingModule {
  _resolveFilename(request: string, ...rest: unknown[]): string;
}

const resolving = Module as unknown as ResolvingModule;
const resolve = resolving._resolveFilename;
resolving._resolveFilename = function resolveFilename(request, ...rest) {
  return request === 'vscode' ? join(__dirname, 'fakeVsCode.ts') : resolve.call(this, request, ...rest);
};
