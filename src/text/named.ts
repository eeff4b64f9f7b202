/** Whether a sentence says a name whole: in quotation marks, or an address by itself. */
export function mentions(sentence: string, name: string): boolean {
  if (sentence.includes(`“${name}”`)) {
    return true;
  }
  // Any other name may be a word that happens to stand in the sentence.
  const at = name.includes('://') ? sentence.indexOf(name) : -1;
  // Not the beginning of a longer address.
  return at !== -1 && !/^[\w/-]/.test(sentence.slice(at + name.length));
}

/** A sentence about something that has a name, with the name in front of it unless the sentence says it. */
export function named(name: string, sentence: string): string {
  return mentions(sentence, name) ? sentence : `${name}: ${sentence}`;
}
