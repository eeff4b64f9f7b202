/**
 * A text of at most `most` characters: a longer one ends in "…" in place of what is left out. Never cuts a
 * character of two halves (surrogates) apart.
 */
export function shorten(text: string, most: number): string {
  // What fits in code units fits in characters too, and is by far the most.
  if (text.length <= most) {
    return text;
  }
  const characters = [...text];
  if (characters.length <= most) {
    return text;
  }
  const head = characters.slice(0, Math.max(0, most - 1)).join('');
  return `${head.trimEnd()}…`;
}

/** As {@link shorten}, but what stands in parentheses at the end stays: "npm test (stderr)" is not "npm test". */
export function shortenName(name: string, most: number): string {
  const ending = / \([^()]{1,10}\)$/.exec(name)?.[0] ?? '';
  return ending.length + 2 > most
    ? shorten(name, most)
    : `${shorten(name.slice(0, name.length - ending.length), most - ending.length)}${ending}`;
}
