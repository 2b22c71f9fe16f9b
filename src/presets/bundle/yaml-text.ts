/** Writes a document of a job bundle as YAML 1.1 that PyYAML reads back as the same values. Reads nothing. */
import { Document, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { type DocumentValue, isDocumentObject, isList, numberText } from '../../model/document-value.js';
import { plainValue } from './yaml-scalars.js';

/** `value` as text: members in their order, texts of several lines as blocks. */
export function yamlText(value: DocumentValue): string {
  // Without a schema: every scalar is the text that it is given, and its style says how it is read.
  const document = new Document<YAMLMap | YAMLSeq | Scalar>(nodeOf(value), { schema: 'failsafe' });
  return document.toString({ lineWidth: 0 }).replace(NOT_PRINTED, escaped);
}

/** What a reader of YAML 1.1 refuses or takes for a line break; it stands in quoted texts only. */
const NOT_PRINTED = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g;

function escaped(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function nodeOf(value: DocumentValue): YAMLMap | YAMLSeq | Scalar {
  if (typeof value === 'string') return textNode(value);
  if (value === null || typeof value === 'boolean') return scalar(String(value), 'PLAIN');
  if (isList(value)) {
    const list = new YAMLSeq();
    list.items = value.map(nodeOf);
    return list;
  }
  if (!isDocumentObject(value)) return scalar(numberOf(numberText(value)), 'PLAIN');
  const map = new YAMLMap();
  map.items = Object.entries(value).map(([name, member]) => new Pair(keyNode(name), nodeOf(member)));
  return map;
}

/** Texts of names and values that PyYAML takes for nothing else; all others are quoted. */
const PLAIN = /^[A-Za-z_][A-Za-z0-9_ ./-]*$/;

function keyNode(name: string): Scalar {
  return scalar(name, isPlain(name) ? 'PLAIN' : 'QUOTE_DOUBLE');
}

/** Texts that a block holds as they are. */
const BLOCK =
  /^[^\s](?:[^\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]|[\u{10000}-\u{10ffff}])*$/u;

function textNode(text: string): Scalar {
  if (text.includes('\n') && BLOCK.test(text) && !/[ \n]\n/.test(text)) return scalar(text, 'BLOCK_LITERAL');
  return scalar(text, isPlain(text) ? 'PLAIN' : 'QUOTE_DOUBLE');
}

function isPlain(text: string): boolean {
  return PLAIN.test(text) && !text.endsWith(' ') && plainValue(text) === text;
}

function scalar(text: string, type: Scalar.Type): Scalar {
  const node = new Scalar(text);
  node.type = type;
  return node;
}

const NOT_FINITE: Readonly<Record<string, string>> = { nan: '.nan', inf: '.inf', '-inf': '-.inf' };

/** A float has a dot in YAML 1.1, also one with an exponent. */
function numberOf(text: string): string {
  return NOT_FINITE[text] ?? (text.includes('.') ? text : text.replace('e', '.0e'));
}
