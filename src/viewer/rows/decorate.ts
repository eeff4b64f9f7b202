import type { TextStyle } from '../../records/ansi';
import type { LinkTarget, LogLink } from '../../records/links';
import type { MessagePart } from './messageParts';

/** A stretch of a message that is coloured, such as a hit. Offsets in the message's text. */
export interface Mark {
  readonly start: number;
  readonly end: number;
  readonly className: string;
}

/** A stretch of a message that looks and acts alike. */
export type Segment =
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly style: TextStyle;
      readonly marks: readonly string[];
      readonly link: LinkTarget | undefined;
    }
  | Extract<MessagePart, { kind: 'hidden' }>;

function lengthOf(part: MessagePart | Segment): number {
  return part.kind === 'text' ? part.text.length : part.character.length;
}

/**
 * Cuts the parts of a message where marks and links begin and end, whatever the colours in between.
 * Joined together the segments are the message. Marks may overlap; links do not.
 */
export function decorate(
  parts: readonly MessagePart[],
  links: readonly LogLink[],
  marks: readonly Mark[],
): readonly Segment[] {
  const segments: Segment[] = [];
  const edges = [...new Set([...links, ...marks].flatMap(({ start, end }) => [start, end]))].sort((a, b) => a - b);
  let offset = 0;
  for (const part of parts) {
    const end = offset + lengthOf(part);
    if (part.kind === 'hidden') {
      segments.push(part);
    } else {
      const cuts = [offset, ...edges.filter((edge) => edge > offset && edge < end), end];
      for (let at = 0; at + 1 < cuts.length; at++) {
        const [from, to] = [cuts[at] as number, cuts[at + 1] as number];
        segments.push({
          kind: 'text',
          text: part.text.slice(from - offset, to - offset),
          style: part.style,
          marks: marks.filter((mark) => mark.start <= from && to <= mark.end).map(({ className }) => className),
          link: links.find((link) => link.start <= from && to <= link.end),
        });
      }
    }
    offset = end;
  }
  return segments;
}

/** The text that the offsets of marks and links count in. */
export function textOfParts(parts: readonly MessagePart[]): string {
  return parts.map((part) => (part.kind === 'text' ? part.text : part.character)).join('');
}

/** The segments without the first `length` characters of their text. */
export function segmentsFrom(segments: readonly Segment[], length: number): readonly Segment[] {
  let left = length;
  return segments.flatMap((segment): readonly Segment[] => {
    const own = lengthOf(segment);
    const cut = Math.min(left, own);
    left -= cut;
    if (cut === 0 || segment.kind === 'hidden') {
      return [segment];
    }
    return cut === own ? [] : [{ ...segment, text: segment.text.slice(cut) }];
  });
}
