/**
 * Changes one value in the INI dialect of `ini.ts` and leaves every other byte as it is: comments, order, spacing, line
 * breaks. Reads and writes no file.
 */

interface Line {
  /** Without its line break. */
  readonly text: string;
  readonly end: string;
}

/** `source` with `key = value` in `section`: in place of the value that counts, else at the end of the section, which is made if it is missing. */
export function withIniValue(source: string, section: string, key: string, value: string): string {
  const lines = linesOf(source);
  const breaks = lines.find(({ end }) => end !== '')?.end ?? '\n';
  const places = new PlaceFinder(section, key);
  lines.forEach(({ text }, index) => {
    places.read(text, index);
  });
  const { found, insertAt } = places;
  const line = { text: `${key} = ${value}`, end: breaks };
  if (found) return textOf(lines.toSpliced(found.from, found.to - found.from, line));
  if (insertAt !== undefined) return textOf(closed(lines, breaks).toSpliced(insertAt, 0, line));
  const gap = lines.length === 0 || source.trim() === '' ? [] : [{ text: '', end: breaks }];
  return textOf([...closed(lines, breaks), ...gap, { text: `[${section}]`, end: breaks }, line]);
}

function linesOf(source: string): Line[] {
  return [...source.matchAll(/([^\r\n]*)(\r\n|\n|\r|$)/g)]
    .map(([, text = '', end = '']) => ({ text, end }))
    .filter(({ text, end }) => text !== '' || end !== '');
}

function textOf(lines: readonly Line[]): string {
  return lines.map(({ text, end }) => text + end).join('');
}

/** So that something can follow the last line. */
function closed(lines: readonly Line[], breaks: string): Line[] {
  return lines.map((line) => (line.end === '' ? { ...line, end: breaks } : line));
}

/** Finds, line by line, where a key of a section stands, and where a new one would go. */
class PlaceFinder {
  /** Lines that hold the value which counts, continued ones included: the last of its name. */
  found: { readonly from: number; readonly to: number } | undefined;
  /** After what the section holds; nothing where there is no such section. */
  insertAt: number | undefined;
  #inSection = false;
  /** Of the key that the lines before may belong to. */
  #indent: number | undefined;
  #isOurs = false;

  constructor(
    private readonly section: string,
    private readonly key: string,
  ) {}

  read(text: string, index: number): void {
    const content = text.replace(/^\uFEFF/, '').trim();
    if (content === '' || content.startsWith('#') || content.startsWith(';')) return;
    const indent = text.length - text.trimStart().length;
    const isContinued = this.#indent !== undefined && indent > this.#indent;
    if (!isContinued) this.#begin(content, indent);
    if (!this.#inSection) return;
    this.insertAt = index + 1;
    if (!this.#isOurs) return;
    const from = isContinued ? (this.found?.from ?? index) : index;
    this.found = { from, to: index + 1 };
  }

  #begin(content: string, indent: number): void {
    const header = /^\[(.+)\]/.exec(content)?.[1];
    if (header !== undefined) this.#inSection = header === this.section;
    this.#indent = header === undefined ? indent : undefined;
    this.#isOurs = header === undefined && isKey(content, this.key);
  }
}

function isKey(content: string, key: string): boolean {
  return /^([^=:]+?)\s*[=:]/.exec(content)?.[1]?.toLowerCase() === key;
}
