/**
 * YAML documents of a job bundle, read as PyYAML's safe loader reads YAML 1.1 (spec/files-and-submission.md 7.3). The
 * library gives the syntax tree; what it means is decided here and in `yaml-scalars.ts`, so that the two programs
 * agree, and aliases can neither run in circles nor grow beyond bounds.
 */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  type ParsedNode,
  parseDocument,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import type { DocumentValue } from '../../model/document-value.js';
import { plainValue, taggedValue, YAML_TAG } from './yaml-scalars.js';

/** How much all aliases together may stand for: values, and every 32 characters of texts. */
export const MAX_ALIASED = 1_000_000;

/** Line breaks and indicators of a document: the library takes up to 12 µs and 0.8 kB for what stands at each. */
export const MAX_MARKS = 600_000;
const MARKS: ReadonlySet<string> = new Set('\n,[]{}:?!&*"\'');

/** Everything but these makes PyYAML refuse a text. */
const UNPRINTABLE = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/**
 * The value of the one document in `text`; `null` for an empty one. A name of a member is its text, whatever its type;
 * of a name twice the last counts. Throws `SyntaxError` naming line and column.
 */
export function parseYaml(text: string): DocumentValue {
  try {
    return new YamlReader(text.replace(/^\uFEFF/, '').replace(/\r\n?|\x85/g, '\n')).read();
  } catch (error) {
    if (error instanceof RangeError) throw new SyntaxError('the document is nested too deeply');
    throw error;
  }
}

/** A value, what an alias to it counts, and what a merge takes from it. */
interface Built {
  readonly value: DocumentValue;
  readonly weight: number;
  readonly items?: readonly Built[];
  readonly members?: ReadonlyMap<string, Built>;
}

const NOTHING: Built = { value: null, weight: 1 };

type Node = ParsedNode | null;

class YamlReader {
  readonly #anchors = new Map<string, ParsedNode>();
  readonly #built = new Map<ParsedNode, Built>();
  #aliased = 0;

  constructor(readonly text: string) {}

  read(): DocumentValue {
    const bad = this.text.search(UNPRINTABLE);
    if (bad >= 0) throw this.#problem('special characters are not allowed', bad);
    this.#checkSize();
    const document = parseDocument(this.text, {
      ...({ version: '1.1', schema: 'failsafe', merge: false, resolveKnownTags: false } as const),
      ...({ uniqueKeys: false, logLevel: 'error', prettyErrors: false } as const),
    });
    const [error] = document.errors;
    if (error && /call stack/i.test(error.message)) throw new RangeError(error.message);
    if (error) throw this.#problem(error.message, error.pos[0]);
    return this.#build(document.contents).value;
  }

  #checkSize(): void {
    let marks = 0;
    for (const char of this.text) {
      if (MARKS.has(char)) marks += 1;
      if (marks > MAX_MARKS) throw new SyntaxError('the document is too large for YAML: write it as JSON');
    }
  }

  #build(node: Node): Built {
    if (node === null) return NOTHING;
    if (isAlias(node)) return this.#alias(node.source, node);
    if (node.anchor) this.#anchors.set(node.anchor, node);
    const built = isScalar(node) ? this.#scalar(node) : this.#collection(node);
    this.#built.set(node, built);
    return built;
  }

  #alias(name: string, node: ParsedNode): Built {
    const target = this.#anchors.get(name);
    if (target === undefined) throw this.#at(node, `found undefined alias ${JSON.stringify(name)}`);
    const built = this.#built.get(target);
    if (built === undefined)
      throw this.#at(node, `the alias ${JSON.stringify(name)} is part of what it stands for`);
    this.#count(built, node);
    return built;
  }

  #count({ weight }: Built, node: ParsedNode): void {
    this.#aliased += weight;
    if (this.#aliased > MAX_ALIASED) throw this.#at(node, 'the aliases of the document stand for too much');
  }

  #scalar(node: Scalar.Parsed): Built {
    const text = this.#textOf(node);
    const { tag } = node;
    const isPlain = node.type === 'PLAIN' || tag === '!';
    try {
      const value =
        tag && tag !== '!' ? taggedValue(tag, text) : { value: isPlain ? plainValue(text) : text };
      if (value) return { ...value, weight: 1 + Math.floor(text.length / 32) };
    } catch (error) {
      if (error instanceof SyntaxError) throw this.#at(node, error.message);
      throw error;
    }
    throw this.#unknownTag(node, String(tag));
  }

  /** A block that ends with the document has a last line break only if the document has. */
  #textOf({ value, type, range }: Scalar.Parsed): string {
    const text = String(value ?? '');
    const isLast = type?.startsWith('BLOCK') && range[1] >= this.text.length && !this.text.endsWith('\n');
    return isLast ? text.replace(/\n$/, '') : text;
  }

  #collection(node: Exclude<ParsedNode, Scalar.Parsed>): Built {
    const { tag } = node;
    if (isSeq(node)) {
      if (tag && tag !== '!' && tag !== `${YAML_TAG}seq`) throw this.#unknownTag(node, tag);
      const items = node.items.map((item) => this.#build(item as Node));
      return { value: items.map(({ value }) => value), weight: weightOf(items), items };
    }
    if (!isMap(node)) throw this.#at(node, 'the document cannot be read');
    if (tag && tag !== '!' && tag !== `${YAML_TAG}map`) throw this.#unknownTag(node, tag);
    return this.#map(node as YAMLMap.Parsed);
  }

  /** Members merged by `<<` come first, and give way to those of the map itself. */
  #map(node: YAMLMap.Parsed): Built {
    const merged: (readonly [string, Built])[] = [];
    const own: (readonly [string, Built])[] = [];
    for (const { key, value } of node.items as Pair<ParsedNode, Node>[]) {
      if (isMergeKey(key)) merged.push(...this.#merged(value ?? node, this.#build(value)));
      else own.push([this.#name(key), this.#build(value)]);
    }
    const members = new Map([...merged, ...own]);
    const value = Object.fromEntries([...members].map(([name, one]) => [name, one.value] as const));
    return { value, weight: weightOf(members.values()), members };
  }

  /** Of a list the first map beats those after it. */
  #merged(node: ParsedNode, { items, members }: Built): (readonly [string, Built])[] {
    const parts = (items?.toReversed() ?? [{ members }]).map((part) => part.members);
    return parts.flatMap((part) => {
      if (!part) throw this.#at(node, 'expected a mapping or list of mappings for merging');
      for (const member of part.values()) this.#count(member, node);
      return [...part];
    });
  }

  #name(key: Node): string {
    if (key === null) return '';
    if (!isScalar(key) || key.value !== '=') this.#build(key);
    const named = isAlias(key) ? this.#anchors.get(key.source) : key;
    if (isScalar(named)) return String(named.value ?? '');
    throw this.#at(key, 'the name of a member must be a text');
  }

  #unknownTag(node: ParsedNode, tag: string): SyntaxError {
    return this.#at(node, `could not determine a constructor for the tag ${JSON.stringify(tag)}`);
  }

  #at(node: ParsedNode, problem: string): SyntaxError {
    return this.#problem(problem, node.range[0]);
  }

  #problem(problem: string, offset: number): SyntaxError {
    const before = this.text.slice(0, offset).split('\n');
    const column = (before.at(-1)?.length ?? 0) + 1;
    return new SyntaxError(`${problem}\n  in line ${before.length}, column ${column}`);
  }
}

function isMergeKey(key: Node): boolean {
  if (!isScalar(key)) return false;
  if (key.tag && key.tag !== '!') return key.tag === `${YAML_TAG}merge`;
  return key.value === '<<' && (key.type === 'PLAIN' || key.tag === '!');
}

function weightOf(parts: Iterable<Built>): number {
  let sum = 1;
  for (const { weight } of parts) sum += weight;
  return sum;
}
