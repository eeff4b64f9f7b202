import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import loadWabt from 'wabt';
import { repositoryRoot } from './testCache';

const sourceFile = join(repositoryRoot, 'src/store/byteScanner.wat');
const codeFile = join(repositoryRoot, 'src/store/byteScannerCode.ts');

/** What `src/store/byteScannerCode.ts` holds when it belongs to `byteScanner.wat` as it stands. */
export async function compiledByteScanner(): Promise<string> {
  const { parseWat } = await loadWabt();
  const module = parseWat('byteScanner.wat', readFileSync(sourceFile, 'utf8'), { simd: true });
  try {
    module.validate();
    const code = Buffer.from(module.toBinary({}).buffer).toString('base64');
    const quoted = (code.match(/.{1,110}/g) ?? []).map((part) => `  '${part}'`).join(' +\n');
    return `/** \`byteScanner.wat\`, compiled by \`npm run build:scanner\`, in base64. */\nexport const byteScannerCode =\n${quoted};\n`;
  } finally {
    module.destroy();
  }
}

/** The file as it stands. */
export function committedByteScanner(): string {
  return readFileSync(codeFile, 'utf8');
}

if (require.main === module) {
  void compiledByteScanner().then((text) => {
    writeFileSync(codeFile, text);
    console.log('Wrote src/store/byteScannerCode.ts.');
  });
}
