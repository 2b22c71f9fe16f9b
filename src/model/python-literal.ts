/**
 * Dictionaries of texts as Python prints them: one line of `manifest_s3_mapping` is one
 * (spec/storage.md 1.8). Reads that form and JSON; knows no other type than text.
 */

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
/** What Python does not print as it is; the plain space is the one separator that it does. */
const UNPRINTABLE = /[\\\p{C}\p{Z}]/gu;

/** `repr` of a `dict` of texts, members in their order. */
export function pythonDict(members: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(members).map(
    ([name, value]) => `${pythonString(name)}: ${pythonString(value)}`,
  );
  return `{${pairs.join(', ')}}`;
}

/** `repr` of a text: single quotes, unless they are in it and double ones are not. */
export function pythonString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replace(UNPRINTABLE, escapedCharacter);
  return quote + (quote === "'" ? escaped.replaceAll("'", "\\'") : escaped) + quote;
}

function escapedCharacter(character: string): string {
  if (character === ' ') return character;
  const short = ESCAPES[character];
  if (short !== undefined) return short;
  const point = character.codePointAt(0) ?? 0;
  const digits = point.toString(16);
  if (point <= 0xff) return `\\x${digits.padStart(2, '0')}`;
  return point <= 0xffff ? `\\u${digits.padStart(4, '0')}` : `\\U${digits.padStart(8, '0')}`;
}

const TEXT = /'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"/y;
const SPACE = /\s*/y;

/** The texts of a dictionary, in Python's form or as JSON; `undefined` for anything else. */
export function parseTextDict(line: string): Record<string, string> | undefined {
  return jsonDict(line) ?? new DictReader(line).read();
}

function jsonDict(line: string): Record<string, string> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isTextDict(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isTextDict(value: unknown): value is Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((member) => typeof member === 'string');
}

/** Reads one literal from left to right; whatever does not fit ends it without an answer. */
class DictReader {
  #at = 0;

  constructor(readonly line: string) {}

  read(): Record<string, string> | undefined {
    const members: [string, string][] = [];
    if (!this.#skip('{')) return undefined;
    while (!this.#skip('}')) {
      if (members.length > 0 && !this.#skip(',')) return undefined;
      if (members.length > 0 && this.#skip('}')) break; // a comma may stand after the last member
      const name = this.#text();
      if (name === undefined || !this.#skip(':')) return undefined;
      const value = this.#text();
      if (value === undefined) return undefined;
      members.push([name, value]);
    }
    this.#match(SPACE);
    return this.#at === this.line.length ? Object.fromEntries(members) : undefined;
  }

  #skip(character: string): boolean {
    this.#match(SPACE);
    if (this.line[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #text(): string | undefined {
    this.#match(SPACE);
    const literal = this.#match(TEXT);
    return literal === undefined ? undefined : unescaped(literal.slice(1, -1));
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.line)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }
}

const ESCAPED = /\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{1,3}|[\s\S])/g;
const LETTERS: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
};

/** An escape that Python does not know stays as it is, its backslash too. */
function unescaped(body: string): string {
  return body.replace(ESCAPED, (whole, code: string) => {
    if (/^[xuU]./.test(code)) return characterAt(Number.parseInt(code.slice(1), 16), whole);
    if (/^[0-7]/.test(code)) return characterAt(Number.parseInt(code, 8), whole);
    return LETTERS[code] ?? whole;
  });
}

function characterAt(point: number, otherwise: string): string {
  return point <= 0x10ffff ? String.fromCodePoint(point) : otherwise;
}
