/**
 * fast-glob matches with regular expressions whose dot stops at line breaks, so a name that
 * holds one would be left out. Such names pass through it in disguise: each line break as a
 * lone surrogate, which no decoded file name contains.
 */
import type { Dirent } from 'node:fs';

const BREAKS = '\n\r\u2028\u2029';
const BREAK = /[\n\r\u2028\u2029]/g;
const HAS_BREAK = /[\n\r\u2028\u2029]/;
const FIRST_STAND_IN = 0xdc0a;
// With the u flag only unpaired surrogates match, not the halves of astral characters.
const STAND_IN = /[\udc0a-\udc0d]/gu;

/** The entry under a name that fast-glob lets pass. */
export function disguise(entry: Dirent): Dirent {
  if (!HAS_BREAK.test(entry.name)) return entry;
  const name = entry.name.replace(BREAK, (char) =>
    String.fromCharCode(FIRST_STAND_IN + BREAKS.indexOf(char)),
  );
  return Object.create(entry, { name: { value: name, enumerable: true } }) as Dirent;
}

/** The true path of a disguised one. */
export function reveal(path: string): string {
  return path.replace(STAND_IN, (char) => BREAKS.charAt(char.charCodeAt(0) - FIRST_STAND_IN));
}
