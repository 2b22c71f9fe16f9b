/** As much YAML as the bundles of the fixtures hold: block maps and lists of plain texts and `[]`. */
import type { DocumentValue } from '../../src/model/document-value.js';

interface Line {
  readonly indent: number;
  readonly text: string;
}

export function parseSmallYaml(text: string): DocumentValue {
  const lines = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line): Line => ({ indent: line.length - line.trimStart().length, text: line.trim() }));
  const value = block(lines);
  if (lines.length > 0) throw new SyntaxError(`unexpected line: ${lines[0]?.text}`);
  return value;
}

/** Takes the lines of one block off the front. */
function block(lines: Line[]): DocumentValue {
  const [first] = lines;
  if (first === undefined) return null;
  return first.text.startsWith('- ') ? list(lines, first.indent) : map(lines, first.indent);
}

function list(lines: Line[], indent: number): DocumentValue[] {
  const items: DocumentValue[] = [];
  for (let [line] = lines; line?.indent === indent && line.text.startsWith('- '); [line] = lines) {
    const text = line.text.slice(2);
    lines.shift();
    if (!/^[A-Za-z]+:( |$)/.test(text)) items.push(scalar(text));
    else {
      lines.unshift({ indent: indent + 2, text });
      items.push(map(lines, indent + 2));
    }
  }
  return items;
}

function map(lines: Line[], indent: number): DocumentValue {
  const members: [string, DocumentValue][] = [];
  for (let [line] = lines; line?.indent === indent && !line.text.startsWith('- '); [line] = lines) {
    const [, name, rest] = /^([A-Za-z]+):(?: (.*))?$/.exec(line.text) ?? [];
    if (name === undefined) throw new SyntaxError(`no member: ${line.text}`);
    lines.shift();
    members.push([name, rest === undefined ? block(lines) : scalar(rest)]);
  }
  return Object.fromEntries(members);
}

function scalar(text: string): DocumentValue {
  return text === '[]' ? [] : text;
}
