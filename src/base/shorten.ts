/**
 * A text of at most `most` characters: a longer one ends in "…" in place of what is left out. Never cuts a
 * character of two halves (surrogates) apart.
 */
export function shorten(text: string, most: number): string {
  const characters = longer(text, most);
  return characters ? `${head(characters, most - 1)}…` : text;
}

/** As {@link shorten}, but keeps the end too, which may be what tells one name from another. */
export function shortenMiddle(text: string, most: number): string {
  const characters = longer(text, most);
  if (!characters) {
    return text;
  }
  const tail = Math.max(0, Math.floor((most - 1) / 2));
  return `${head(characters, most - 1 - tail)}…${characters.slice(characters.length - tail).join('')}`;
}

/** The characters of a text that has more than `most`; undefined for any other. */
function longer(text: string, most: number): string[] | undefined {
  // What fits in code units fits in characters too, and is by far the most.
  const characters = text.length <= most ? [] : [...text];
  return characters.length > most ? characters : undefined;
}

function head(characters: readonly string[], count: number): string {
  return characters.slice(0, Math.max(0, count)).join('').trimEnd();
}
