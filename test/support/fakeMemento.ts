/** A memento that counts what is written. */
export class FakeMemento {
  readonly values = new Map<string, unknown>();
  /** Keys in the order they were written. */
  readonly writes: string[] = [];
  keys(): readonly string[] {
    return [...this.values.keys()];
  }
  get<T>(key: string, fallback?: T): T | undefined {
    return (this.values.get(key) as T | undefined) ?? fallback;
  }
  async update(key: string, value: unknown): Promise<void> {
    this.writes.push(key);
    // As VS Code keeps it: what JSON makes of it.
    this.values.set(key, value === undefined ? undefined : JSON.parse(JSON.stringify(value)));
  }
}
