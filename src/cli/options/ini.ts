/**
 * Reads the INI dialect of Python's `configparser`, in which the client library keeps its
 * configuration: `key = value` or `key: value`, keys without case, values continued on
 * indented lines, whole-line comments by `#` or `;`, and `[DEFAULT]` for every section.
 * Lenient where Python refuses: of two equal keys the last one counts.
 */

/** Section name to its keys (lower case) and values. */
export type Ini = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** A line is neither section, nor key, nor comment. */
export class IniSyntaxError extends Error {
  constructor(readonly line: number) {
    super(`line ${line} is neither a [section] nor "key = value"`);
    this.name = 'IniSyntaxError';
  }
}

/** Parses the whole text. Throws {@link IniSyntaxError} at the first line that it cannot read. */
export function parseIni(source: string): Ini {
  const reader = new IniReader();
  source
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .forEach((line, index) => {
      reader.read(line, index + 1);
    });
  return reader.sections;
}

class IniReader {
  readonly sections = new Map<string, Map<string, string>>();
  #section: Map<string, string> | undefined;
  #key: string | undefined;
  #indent = 0;

  read(line: string, number: number): void {
    const content = line.trim();
    if (content === '' || content.startsWith('#') || content.startsWith(';')) return;
    const indent = line.length - line.trimStart().length;
    if (this.#key !== undefined && indent > this.#indent) this.#continue(content);
    else this.#begin(content, indent, number);
  }

  #begin(content: string, indent: number, number: number): void {
    const header = /^\[(.+)\]/.exec(content)?.[1];
    if (header !== undefined) {
      this.#section = this.sections.get(header) ?? new Map();
      this.sections.set(header, this.#section);
      this.#key = undefined;
      return;
    }
    const pair = /^([^=:]+?)\s*[=:]\s*(.*)$/.exec(content);
    if (!pair?.[1] || !this.#section) throw new IniSyntaxError(number);
    this.#key = pair[1].toLowerCase();
    this.#indent = indent;
    this.#section.set(this.#key, pair[2] ?? '');
  }

  #continue(content: string): void {
    if (this.#key === undefined || !this.#section) return;
    this.#section.set(this.#key, `${this.#section.get(this.#key) ?? ''}\n${content}`);
  }
}
