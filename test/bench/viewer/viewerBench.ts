/** ms from a filter's start to the first hits and to the end of the scan, and the longest wait for the page meanwhile. */
export interface FilterTimes {
  readonly first: number;
  readonly complete: number;
  readonly longestWait: number;
}

/** How a benchmark drives the viewer in a page: `window.bench`, put there by harness.ts. */
export interface ViewerBench {
  /** Fills a new store; returns the lines it holds then. */
  fill(lines: number, capacityMiB: number): number;
  /** ms from the viewer's creation to its first drawn rows. */
  open(): Promise<number>;
  /** `watched`: the longest wait is measured, which costs the filter time; else it is 0. */
  filter(text: string, watched?: boolean): Promise<FilterTimes>;
  /** Lets lines arrive from now on; 0: no more. */
  feed(linesPerSecond: number): void;
  /** Frames per second over so many ms, and the longest time a placeholder was on screen, ms. */
  frames(ms: number, each?: 'wheel'): Promise<{ readonly perSecond: number; readonly longestBlank: number }>;
  /** Lines received in all. */
  received(): number;
}
