import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Property {
  readonly type: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly markdownDescription?: string;
  readonly maxItems?: number;
  readonly items?: {
    readonly properties: Readonly<Record<string, { readonly enum?: readonly string[]; readonly maxLength?: number }>>;
  };
}

interface MenuItem {
  readonly command: string;
  readonly when?: string;
}

interface WalkthroughStep {
  readonly description: string;
  readonly media: { readonly image: Readonly<Record<string, string>> };
  readonly completionEvents: readonly string[];
}

/** The parts of package.json that tests look at. */
interface Manifest {
  readonly publisher: string;
  readonly name: string;
  readonly version: string;
  readonly activationEvents: readonly string[];
  readonly capabilities: { readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] } };
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string; readonly category?: string }[];
    readonly keybindings: readonly { readonly command: string; readonly key: string; readonly when: string }[];
    readonly menus: Readonly<Record<string, readonly MenuItem[]>>;
    readonly walkthroughs: readonly { readonly steps: readonly WalkthroughStep[] }[];
    readonly configurationDefaults: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    readonly configuration: { readonly properties: Readonly<Record<string, Property>> };
  };
}

const root = join(__dirname, '..', '..', '..');

function read(name: string): string {
  return readFileSync(join(root, name), 'utf8');
}

export const manifestText = read('package.json');
export const manifest = JSON.parse(manifestText) as Manifest;
/** The English texts of the manifest by key. */
export const manifestTexts = JSON.parse(read('package.nls.json')) as Readonly<Record<string, string>>;
/** The README as it is packed. */
export function readme(): string {
  return read('README.md');
}
