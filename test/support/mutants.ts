import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import type * as FaultModel from './faultModel';
import { repositoryRoot } from './testCache';

/** A plausible mistake in the client: a piece of its source, and what it is replaced by. */
export interface Mutant {
  readonly name: string;
  /** Below the root of the checkout. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** Mistakes that comparable clients have shipped; the model has to catch each of them. */
export const mutants: readonly Mutant[] = [
  {
    name: 'the backoff starts over with every connection that opens',
    file: 'src/client/linkLife.ts',
    from: '    link,\n    refusals: 0,\n',
    to: '    link,\n    losses: 0,\n    refusals: 0,\n',
  },
  {
    name: 'lines that were delivered already are delivered again',
    file: 'src/client/resume.ts',
    from: 'if (next !== null && end <= next) {',
    to: 'if (next === Number.NaN) {',
  },
  {
    name: 'the first lines of an overlapping frame are not dropped',
    file: 'src/client/resume.ts',
    from: 'next !== null && frame.seq < next ? this.#withoutFirst(frame, next - frame.seq) : frame;',
    to: 'frame;',
  },
  {
    name: 'callbacks of an earlier socket are taken for those of the present one',
    file: 'src/client/reducer.ts',
    from: "if ('socket' in event && (event.socket !== state.socket || !state.hasSocket)) {",
    to: "if ('socket' in event && event.socket === -1) {",
  },
  {
    name: 'the cursor is not sent back',
    file: 'src/client/resume.ts',
    from: 'positions.push({ source, epoch, nextSeq: next, cursor });',
    to: 'positions.push({ source, epoch, nextSeq: next, cursor: null });',
  },
  {
    name: 'the timer is left when the connection is disposed',
    file: 'src/client/driver.ts',
    from: '    this.#queue.length = 0;\n    this.#timer?.handle.dispose();\n',
    to: '    this.#queue.length = 0;\n',
  },
  {
    name: 'a jump in the numbers is passed over in silence',
    file: 'src/client/resume.ts',
    from: 'next !== null && frame.seq > next ? missing(frame.source, frame.epoch, next, frame.seq) : unknown;',
    to: 'unknown;',
  },
];

/**
 * The fault model, with the mistake built into the client it drives. Without one: as it is.
 *
 * @throws Error when the source has changed so that the mistake has no place any more.
 */
export async function faultModelWith(mutant: Mutant | null): Promise<typeof FaultModel> {
  let isPlanted = mutant === null;
  const { outputFiles } = await build({
    entryPoints: [join(repositoryRoot, 'test/support/faultModel.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    plugins: [
      {
        name: 'mutant',
        setup({ onLoad }) {
          onLoad({ filter: /\.ts$/ }, ({ path }) => {
            if (mutant === null || path !== join(repositoryRoot, mutant.file)) {
              return undefined;
            }
            const source = readFileSync(path, 'utf8');
            isPlanted = source.includes(mutant.from);
            return { contents: source.replace(mutant.from, mutant.to), loader: 'ts' };
          });
        },
      },
    ],
  });
  if (!isPlanted) {
    throw new Error(`The mutant "${mutant?.name}" finds no place in ${mutant?.file}: adapt it to the source.`);
  }
  const module = { exports: {} as typeof FaultModel };
  const code = outputFiles[0]?.text ?? '';
  new Function('module', 'exports', 'require', code)(module, module.exports, createRequire(__filename));
  return module.exports;
}
