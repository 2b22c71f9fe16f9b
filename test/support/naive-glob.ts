/**
 * The pattern language of spec/files-and-submission.md 2.1 in its plainest form: recursion
 * over the text, every choice tried. Slow on purpose; what the compiled matcher is held against.
 * Case sensitive, POSIX.
 */

export interface NaiveRules {
  readonly dot: boolean;
  /** Paths of linked directories, which `**` does not enter. */
  readonly links?: ReadonlySet<string>;
}

export function naiveMatches(pattern: string, path: string, rules: NaiveRules): boolean {
  const parts = pattern.split('/').filter((part) => part !== '' && part !== '.');
  return matchParts(parts, path.split('/'), '', rules);
}

function matchParts(parts: string[], names: string[], above: string, rules: NaiveRules): boolean {
  const [part, ...restParts] = parts;
  const [name, ...restNames] = names;
  if (part === undefined || name === undefined) return part === undefined && name === undefined;
  const here = above === '' ? name : `${above}/${name}`;
  const hidden = !rules.dot && name.startsWith('.');
  if (part !== '**') {
    if (hidden && !part.startsWith('.')) return false;
    return naiveName([...part], [...name]) && matchParts(restParts, restNames, here, rules);
  }
  if (restParts.length > 0 && matchParts(restParts, names, above, rules)) return true;
  if (hidden) return false;
  if (restParts.length === 0 && restNames.length === 0) return true;
  const isLink = rules.links?.has(here) ?? false;
  return restNames.length > 0 && !isLink && matchParts(parts, restNames, here, rules);
}

export function naiveName(part: readonly string[], name: readonly string[]): boolean {
  const [token, ...rest] = part;
  if (token === undefined) return name.length === 0;
  if (token === '*') return naiveName(rest, name) || (name.length > 0 && naiveName(part, name.slice(1)));
  const [char, ...others] = name;
  if (char === undefined) return false;
  const close = token === '[' ? closing(part) : -1;
  if (close > 0) return inClass(part.slice(1, close), char) && naiveName(part.slice(close + 1), others);
  return (token === '?' || token === char) && naiveName(rest, others);
}

function closing(part: readonly string[]): number {
  let at = part[1] === '!' ? 2 : 1;
  do at++;
  while (at < part.length && part[at] !== ']');
  return at < part.length ? at : -1;
}

function inClass(body: readonly string[], char: string): boolean {
  if (body[0] === '!') return !inMembers(body.slice(1), char);
  return inMembers(body, char);
}

function inMembers(members: readonly string[], char: string): boolean {
  const [first, hyphen, last] = members;
  if (first === undefined) return false;
  if (hyphen !== '-' || last === undefined) return first === char || inMembers(members.slice(1), char);
  const [low, point, high] = [first, char, last].map((each) => each.codePointAt(0) ?? -1) as [
    number,
    number,
    number,
  ];
  return (low <= point && point <= high) || inMembers(members.slice(3), char);
}
