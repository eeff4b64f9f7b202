import type { Fields, ParsedLine } from '../parsedLine';

/** What a format finds in a line. Level and time that it does not find are looked for in the text. */
export type Recognized = Pick<ParsedLine, 'message'> &
  Partial<Pick<ParsedLine, 'level' | 'time'>> & {
    readonly fields: Fields | null;
  };

/** A way of writing lines, known by its form alone. */
export interface LineFormat {
  readonly name: string;
  /** Null where the line is not of this format. Never throws, whatever the line holds; linear in its length. */
  parse(text: string, near: number): Recognized | null;
}
