/** XML documents of S3: errors, listings, ids. Texts stay texts; nothing is converted. Knows no request. */
import { createRequire } from 'node:module';
import type { XMLParser } from 'fast-xml-parser';

export type XmlNode = { readonly [name: string]: unknown };

let parser: XMLParser | undefined;

/** Loaded with the first document: most runs see none. */
function loadParser(): XMLParser {
  const parsers = createRequire(import.meta.url)('fast-xml-parser') as typeof import('fast-xml-parser');
  return new parsers.XMLParser({
    ignoreAttributes: true,
    parseTagValue: false,
    trimValues: false, // a key may begin with a blank
    processEntities: false, // its limits are made for hostile documents; a page has thousands of `&quot;`
  });
}

/** The content of the root element `name`; `undefined` when the text is anything else, such as HTML. */
export function documentOf(text: string, name: string): XmlNode | undefined {
  if (!text.includes(`<${name}`)) return undefined;
  parser ??= loadParser();
  try {
    const root = (parser.parse(text) as XmlNode)[name];
    if (typeof root === 'string' && root.trim() === '') return {};
    return isNode(root) ? root : undefined;
  } catch {
    return undefined;
  }
}

/** The text of a child; `undefined` when it is not there or is empty. */
export function textIn(node: XmlNode, name: string): string | undefined {
  const value = node[name];
  return typeof value === 'string' && value !== '' ? unescaped(value) : undefined;
}

/**
 * Takes the elements `name`, which are many, out of a listing: each as its inner text, for {@link fieldIn}. A tree of
 * a thousand of them takes 20 ms to build, and nothing else happens meanwhile; finding their ends takes less than one.
 */
export function takeEntries(text: string, name: string): { entries: string[]; rest: string } {
  const entries: string[] = [];
  let rest = '';
  let at = 0;
  for (;;) {
    const start = text.indexOf(`<${name}>`, at);
    const end = start < 0 ? -1 : text.indexOf(`</${name}>`, start);
    if (end < 0) return { entries, rest: rest + text.slice(at) };
    entries.push(text.slice(start + name.length + 2, end));
    rest += text.slice(at, start);
    at = end + name.length + 3;
  }
}

/** The text of the first element `name` within an entry; `undefined` when it is not there or is empty. */
export function fieldIn(entry: string, name: string): string | undefined {
  const start = entry.indexOf(`<${name}>`);
  const end = start < 0 ? -1 : entry.indexOf('<', start + 1);
  const text = end < 0 ? '' : entry.slice(start + name.length + 2, end);
  return text === '' ? undefined : unescaped(text);
}

export function escaped(text: string): string {
  return text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function unescaped(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|([a-z]+));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return NAMED[name] ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

function isNode(value: unknown): value is XmlNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
