/**
 * JSON documents of a job bundle, read so that integers and floats stay apart
 * (spec/files-and-submission.md 7.4), and written as Python writes them.
 */
import { jsonString } from './canonical-json.js';
import {
  type DocumentObject,
  type DocumentValue,
  type FloatNumber,
  floatNumber,
  isDocumentObject,
  isList,
  numberText,
} from './document-value.js';

/** Reads `text`; of a member twice the last counts. Throws `SyntaxError` for anything but one JSON value, `RangeError` where it is nested thousands of levels deep. */
export function parseJsonDocument(text: string): DocumentValue {
  JSON.parse(text); // whatever it takes is JSON, so the reader below need not look for mistakes
  return new JsonReader(text).read();
}

const SPACE = /[ \t\n\r]*/y;
const STRING = /"(?:[^"\\]|\\.)*"/y;
const WORD = /[^ \t\n\r,:\]}]+/y;
const WORDS: Readonly<Record<string, DocumentValue>> = { true: true, false: false, null: null };

/** Reads text that is known to be JSON; nested deeper than the stack goes it is a `RangeError`. */
class JsonReader {
  #at = 0;

  constructor(readonly text: string) {}

  read(): DocumentValue {
    this.#take(SPACE);
    const first = this.text[this.#at];
    if (first === '{') return this.#object();
    if (first === '[') return this.#list();
    return first === '"' ? this.#string() : wordValue(this.#take(WORD));
  }

  #object(): DocumentObject {
    const members = new Map<string, DocumentValue>();
    this.#items('}', () => {
      this.#take(SPACE);
      const name = this.#string();
      this.#take(SPACE);
      this.#at += 1; // the colon
      members.set(name, this.read());
    });
    return Object.fromEntries(members); // defines, so that `__proto__` is a member like any other
  }

  #list(): DocumentValue[] {
    const values: DocumentValue[] = [];
    this.#items(']', () => values.push(this.read()));
    return values;
  }

  /** What stands between a bracket and its end, item by item. */
  #items(end: string, readItem: () => void): void {
    this.#at += 1;
    this.#take(SPACE);
    while (this.text[this.#at] !== end) {
      readItem();
      this.#take(SPACE);
      if (this.text[this.#at] === ',') this.#at += 1;
      this.#take(SPACE);
    }
    this.#at += 1;
  }

  #string(): string {
    return JSON.parse(this.#take(STRING)) as string;
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const taken = pattern.exec(this.text)?.[0] ?? '';
    this.#at += taken.length;
    return taken;
  }
}

function wordValue(word: string): DocumentValue {
  const known = WORDS[word];
  if (known !== undefined) return known;
  if (/[.eE]/.test(word)) return floatNumber(Number(word));
  const value = Number(word);
  return Number.isSafeInteger(value) ? value + 0 : BigInt(word);
}

/** `value` as Python's `json.dumps` writes it: pure ASCII, a space after each comma and colon. */
export function jsonDocumentText(value: DocumentValue): string {
  if (typeof value === 'string') return jsonString(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (isList(value)) return `[${value.map(jsonDocumentText).join(', ')}]`;
  if (!isDocumentObject(value)) return jsonNumber(value);
  const members = Object.entries(value).map(
    ([name, member]) => `${jsonString(name)}: ${jsonDocumentText(member)}`,
  );
  return `{${members.join(', ')}}`;
}

const NOT_FINITE: Readonly<Record<string, string>> = { nan: 'NaN', inf: 'Infinity', '-inf': '-Infinity' };

function jsonNumber(value: number | bigint | FloatNumber): string {
  const text = numberText(value);
  return NOT_FINITE[text] ?? text;
}
