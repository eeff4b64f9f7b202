/** Signs that only a shell gives a meaning: pipes, redirections, variables, patterns, several commands. */
const POSIX_SHELL_SIGNS = /[|&;<>()$`*?[\]#~{}!\n]/;
const WINDOWS_SHELL_SIGNS = /[|&<>()^%!\n]/;

/**
 * Turns what a person typed into a program and its arguments. A plain command is split into words,
 * quotes respected, and run as it is, so that its name stands in lists and its end is its own; one
 * with a pipe, a variable or another sign of the shell is handed to the shell.
 *
 * @returns null for an empty command or an unclosed quote.
 */
export function parseCommandLine(line: string, platform: string): readonly string[] | null {
  const trimmed = line.trim();
  const words = splitWords(trimmed, platform === 'win32');
  if (words === null || words.length === 0) {
    return null;
  }
  if (platform === 'win32') {
    // Without a shell Windows finds only .exe files; npm, kubectl plug-ins and the like are .cmd files.
    const plain = !WINDOWS_SHELL_SIGNS.test(trimmed) && /\.exe$/i.test(words[0] ?? '');
    return plain ? words : ['cmd.exe', '/d', '/s', '/c', trimmed];
  }
  // An assignment before the command ("TZ=UTC app") is a matter for the shell, too.
  const assignment = /^[A-Za-z_]\w*=/.test(trimmed);
  return assignment || POSIX_SHELL_SIGNS.test(withoutQuoted(trimmed)) ? ['/bin/sh', '-c', trimmed] : words;
}

/** Leaves out what stands in single quotes, where the shell interprets nothing. */
function withoutQuoted(line: string): string {
  return line.replaceAll(/'[^']*'/g, '');
}

function splitWords(line: string, windows: boolean): string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    if (quote !== null) {
      if (character === quote) {
        quote = null;
      } else if (character === '\\' && quote === '"' && !windows && /["\\]/.test(line.charAt(at + 1))) {
        word = (word ?? '') + line.charAt(++at);
      } else {
        word = (word ?? '') + character;
      }
    } else if (character === '"' || (character === "'" && !windows)) {
      quote = character;
      word ??= '';
    } else if (character === '\\' && !windows && at + 1 < line.length) {
      word = (word ?? '') + line.charAt(++at);
    } else if (/\s/.test(character)) {
      if (word !== null) {
        words.push(word);
        word = null;
      }
    } else {
      word = (word ?? '') + character;
    }
  }
  if (quote !== null) {
    return null;
  }
  if (word !== null) {
    words.push(word);
  }
  return words;
}
