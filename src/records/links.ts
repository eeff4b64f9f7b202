/** Something in a line that leads elsewhere. */
export type LogLink = { readonly start: number; readonly end: number } & LinkTarget;
export type LinkTarget =
  /** Only http and https. */
  | { readonly kind: 'url'; readonly href: string }
  /** A position in a file, line and column from 1; the path is as the line has it, perhaps another machine's. */
  | { readonly kind: 'file'; readonly path: string; readonly line?: number; readonly column?: number };

const URL = /\bhttps?:\/\/[^\s<>"'`\\^{}|]+/g;
/** Python: `File "/app/x.py", line 3`. */
const PYTHON = /File "([^"<\n][^"\n]{0,1000})", line (\d{1,7})/g;
/** .NET: `in C:\src\x.cs:line 9`. */
const DOT_NET = /\bin ((?:[A-Za-z]:\\|\/)[^:*?"<>|\n]{1,1000}):line (\d{1,7})/g;
/** Path characters; spaces and brackets end a path, as they do in nearly every log. */
const PATH = String.raw`(?:file:\/\/\/?|webpack(?:-internal)?:\/\/\/?)?(?:[A-Za-z]:[\\/]|~?\/|\.{1,2}[\\/])?(?:[\w.@+~%-]+[\\/])*[\w@+~%-][\w.@+~-]*\.[A-Za-z][A-Za-z0-9]{0,7}`;
/**
 * `src/main.rs:3:5`, `Foo.java:42`, `a.ts(3,5)`. Not glued to what stands before, such as a host's name.
 * Every character of a path is refused in front of it: a run of them is looked through once, and not
 * from each of its characters again, which took time by the square of a run such as `%20%20…`.
 */
const FILE = new RegExp(
  String.raw`(?<![\w.@+~%/\\:-])(${PATH})(?::(\d{1,7})(?::(\d{1,6}))?|\((\d{1,7})(?:,(\d{1,6}))?\))(?![\w.-]*[\w-])`,
  'g',
);
/** Node's frames, whose paths may hold spaces and brackets: `at add (/app/my shop/[id].js:1:2)`. */
const IN_BRACKETS = /\(((?:file:\/\/)?(?:\/|\.{1,2}[\\/]|[A-Za-z]:[\\/])[^():\n]{1,1000}):(\d{1,7})(?::(\d{1,6}))?\)/g;
/** Without a directory only these make a file; `mysql.prod:3306` is a host. */
const SOURCE_FILE =
  /\.(?:[cm]?[jt]sx?|vue|svelte|java|kts?|scala|groovy|clj|py[xi]?|rb|go|rs|c|cc|cpp|cxx|m|mm|h|hh|hpp|cs|fs|vb|php|p[lm]|lua|swift|dart|exs?|erl|hs|ml|r|jl|zig|nim|[bz]?a?sh|ps1|sql|html?|s?css|less|json|ya?ml|toml|xml|ini|conf|cfg|properties|log|txt|md|proto|tf|gradle|cshtml|razor|jsp|erb|ejs)$/i;
/** Longer lines hold data, not places to go to. */
const LOOKED_AT = 8 * 1024;
const MOST_LINKS = 50;
/** A closing bracket belongs to an address only if it was opened in it; a full stop ends a sentence. */
function trimmed(address: string): string {
  let end = address.length;
  let unopened = excess(address, '(', ')') + excess(address, '[', ']');
  for (;;) {
    const last = address[end - 1] ?? '';
    if ((last === ')' || last === ']') && unopened > 0) {
      unopened--;
    } else if (!/[.,;:!?'*]/.test(last)) {
      return address.slice(0, end);
    }
    end--;
  }
}

/** How many more closing than opening brackets there are. */
function excess(text: string, opening: string, closing: string): number {
  return Math.max(0, text.split(closing).length - text.split(opening).length);
}

function positions(line: string | undefined, column: string | undefined): { line?: number; column?: number } {
  return {
    ...(line === undefined ? {} : { line: Number(line) }),
    ...(column === undefined ? {} : { column: Number(column) }),
  };
}

/** A file's address has its spaces and letters beyond ASCII escaped. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function pathOf(text: string): string {
  const path = text
    .replace(/^file:\/\/(?:\/(?=[A-Za-z]:))?/, '')
    .replace(/^webpack(?:-internal)?:\/\/\/?(?:\.\/)?/, '');
  const unslashed = path.startsWith('//') ? path.slice(1) : path;
  return text.startsWith('file:') ? decoded(unslashed) : unslashed;
}

/** The links of a line, in order, none inside another. */
export function findLinks(text: string): readonly LogLink[] {
  const head = text.length > LOOKED_AT ? text.slice(0, LOOKED_AT) : text;
  const found: LogLink[] = [];
  if (head.includes('://')) {
    for (const { index, 0: match } of head.matchAll(URL)) {
      const href = trimmed(match);
      // `https://` alone is an address of nothing.
      if (href.length > 'https://'.length) {
        found.push({ start: index, end: index + href.length, kind: 'url', href });
      }
    }
  }
  if (/\d/.test(head) && head.includes('.')) {
    for (const pattern of head.includes(':line ') ? [PYTHON, DOT_NET, IN_BRACKETS] : [PYTHON, IN_BRACKETS]) {
      for (const { index, 0: match, 1: path, 2: line, 3: column } of head.matchAll(pattern)) {
        const start = index + match.indexOf(path as string);
        found.push({
          start,
          end: index + match.length - (pattern === IN_BRACKETS ? 1 : 0),
          kind: 'file',
          path: pathOf(path as string),
          ...positions(line, column),
        });
      }
    }
    for (const match of head.matchAll(FILE)) {
      const [whole, path = '', line, column, lineInBrackets, columnInBrackets] = match;
      if (/[\\/]/.test(path) || SOURCE_FILE.test(path)) {
        const place = positions(line ?? lineInBrackets, column ?? columnInBrackets);
        found.push({ start: match.index, end: match.index + whole.length, kind: 'file', path: pathOf(path), ...place });
      }
    }
  }
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  const links: LogLink[] = [];
  for (const link of found) {
    if (link.start >= (links.at(-1)?.end ?? 0) && links.length < MOST_LINKS) {
      links.push(link);
    }
  }
  return links;
}
