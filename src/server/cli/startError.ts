/** What the process ends with. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/** Something a person has to mend; its message is the sentence to show. */
export class StartError extends Error {
  readonly exitCode: number;

  constructor(sentence: string, exitCode: number = EXIT.failed) {
    super(sentence);
    this.exitCode = exitCode;
  }
}
