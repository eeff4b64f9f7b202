import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from '../support/testCache';

/** One figure. `target` says in words what it is held to; absent: it is there for comparison. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly target?: string;
  readonly pass?: boolean;
}

/** A figure with an upper bound. */
export function atMost(name: string, value: number, limit: number, unit: string): Figure {
  return { name, value, unit, target: `≤ ${limit}`, pass: value <= limit };
}

/** A figure with a lower bound. */
export function atLeast(name: string, value: number, limit: number, unit: string): Figure {
  return { name, value, unit, target: `≥ ${limit}`, pass: value >= limit };
}

function shown(value: number): string {
  return Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en') : String(Math.round(value * 1000) / 1000);
}

/** Prints figures as they are had, and keeps them for {@link write}. */
export class Report {
  readonly #name: string;
  readonly #figures: Figure[] = [];

  constructor(name: string, title: string) {
    this.#name = name;
    console.log(`\n${title} (${cpus().length} processors, Node ${process.versions.node})`);
  }

  add(figure: Figure): void {
    this.#figures.push(figure);
    const verdict =
      figure.pass === undefined ? '' : figure.pass ? `  ok (${figure.target})` : `  MISSED (${figure.target})`;
    console.log(`  ${figure.name.padEnd(64)} ${shown(figure.value).padStart(12)} ${figure.unit}${verdict}`);
  }

  /** Writes `test-results/bench/<name>.json`. Returns how many targets were missed. */
  write(): number {
    const folder = join(repositoryRoot, 'test-results/bench');
    mkdirSync(folder, { recursive: true });
    const figures = this.#figures.map((figure) => ({ target: null, pass: null, ...figure }));
    writeFileSync(join(folder, `${this.#name}.json`), `${JSON.stringify(figures, null, 2)}\n`);
    return this.#figures.filter(({ pass }) => pass === false).length;
  }
}

/** The middle of some numbers: one slow run on a noisy machine does not count. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
