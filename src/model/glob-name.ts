/**
 * One part of a glob pattern against one path component (spec/files-and-submission.md
 * 2.1): `*`, `?` and classes. Knows nothing of `/`, of `**` or of hidden names.
 */

/** Compiled once, asked for every name. */
export type NameTest = (name: string) => boolean;

/**
 * Compiles `part`. A name is compared by code points; without case, each character of both, ends
 * of ranges too, stands for its simple lower case form. Costs at most part times name length.
 */
export function compileName(part: string, caseSensitive: boolean): NameTest {
  const read = caseSensitive ? codePoints : foldedCodePoints;
  const tokens = tokenize(Array.from(read(part)));
  if (tokens.length === 1 && tokens[0] === RUN) return () => true;
  if (caseSensitive && !/[*?[]/.test(part)) return (name) => name === part;
  return (name) => matchTokens(tokens, read(name));
}

/** Any run of characters, the empty one included. */
const RUN = Symbol('*');
type Token = typeof RUN | ((char: string) => boolean);

/** A mismatch goes back to the newest `*` only: an older one that took more could match nothing new. */
function matchTokens(tokens: readonly Token[], chars: ArrayLike<string>): boolean {
  let token = 0;
  let char = 0;
  let afterRun = -1;
  let retryFrom = 0;
  while (char < chars.length) {
    const test = tokens[token];
    if (test === RUN) {
      afterRun = ++token;
      retryFrom = char;
    } else if (test?.(chars[char] as string)) {
      token++;
      char++;
    } else if (afterRun >= 0) {
      token = afterRun;
      char = ++retryFrom;
    } else return false;
  }
  while (tokens[token] === RUN) token++;
  return token === tokens.length;
}

function tokenize(chars: readonly string[]): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < chars.length; ) {
    const char = chars[at] as string;
    const end = char === '[' ? classEnd(chars, at) : -1;
    if (end > 0) tokens.push(classToken(chars.slice(at + 1, end)));
    else if (char === '?') tokens.push(() => true);
    else if (char !== '*') tokens.push((other) => other === char);
    else if (tokens.at(-1) !== RUN) tokens.push(RUN);
    at = end > 0 ? end + 1 : at + 1;
  }
  return tokens;
}

/** Where the class that opens at `open` closes; -1 if it does not, which makes its `[` a plain character. */
function classEnd(chars: readonly string[], open: number): number {
  const first = chars[open + 1] === '!' ? open + 2 : open + 1;
  // A bracket that comes first is a member of the class, not its end.
  return chars.indexOf(']', first + 1);
}

type Range = readonly [low: number, high: number];

function classToken(body: readonly string[]): Token {
  const negated = body[0] === '!';
  const ranges = classRanges(negated ? body.slice(1) : body);
  const holds = (char: string): boolean => {
    const point = char.codePointAt(0) as number;
    return ranges.some(([low, high]) => low <= point && point <= high);
  };
  return (char) => holds(char) !== negated;
}

/** `a-z` is a range where a character follows the hyphen; one that ends before it begins holds nothing. */
function classRanges(members: readonly string[]): Range[] {
  const points = members.map((char) => char.codePointAt(0) as number);
  const ranges: Range[] = [];
  for (let at = 0; at < points.length; ) {
    const low = points[at] as number;
    const high = members[at + 1] === '-' ? points[at + 2] : undefined;
    ranges.push([low, high ?? low]);
    at += high === undefined ? 1 : 3;
  }
  return ranges;
}

/** The text itself serves as its list of characters where none takes two code units. */
function codePoints(text: string): ArrayLike<string> {
  return /[\ud800-\udfff]/.test(text) ? Array.from(text) : text;
}

function foldedCodePoints(text: string): ArrayLike<string> {
  if (/^[\0-\x7f]*$/.test(text)) return text.toLowerCase();
  return Array.from(text, lowerOne);
}

/** One character stays one: the simple mapping leaves alone what the full one would make two of. */
function lowerOne(char: string): string {
  const lower = char.toLowerCase();
  return Array.from(lower).length === 1 ? lower : char;
}
