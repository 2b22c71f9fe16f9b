/** Changed files as an indented tree with a mark and a colour for each kind of change. Knows no manifest. */
import { escapeControls } from './escape.js';

export interface Changes {
  readonly new: readonly string[];
  readonly modified: readonly string[];
  readonly deleted: readonly string[];
}

interface Line {
  readonly parts: readonly string[];
  readonly kind: keyof Changes;
}

const MARKS: Readonly<Record<keyof Changes, { readonly mark: string; readonly colour: number }>> = {
  new: { mark: '+', colour: 32 },
  modified: { mark: '~', colour: 33 },
  deleted: { mark: '-', colour: 31 },
};

/** The text; directories are named once, above what changed in them. */
export function changeTree(root: string, changes: Changes, colour: boolean): string {
  const lines = [escapeControls(root)];
  let open: readonly string[] = [];
  for (const { parts, kind } of sorted(changes)) {
    const directories = parts.slice(0, -1);
    const shared = sharedDepth(open, directories);
    directories.slice(shared).forEach((name, index) => {
      lines.push(`${indent(shared + index)}${escapeControls(name)}/`);
    });
    open = directories;
    lines.push(`${indent(directories.length)}${painted(kind, parts.at(-1) ?? '', colour)}`);
  }
  if (lines.length === 1) lines.push('  no changes');
  return `${lines.join('\n')}\n`;
}

function sorted(changes: Changes): Line[] {
  const kinds = Object.keys(MARKS) as (keyof Changes)[];
  const lines = kinds.flatMap((kind) =>
    changes[kind].map((path): Line => ({ parts: path.split('/'), kind })),
  );
  return lines.sort((a, b) => compareParts(a.parts, b.parts));
}

/** By components, so that what is in a directory stays together. */
function compareParts(a: readonly string[], b: readonly string[]): number {
  for (const [index, part] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    if (part !== other) return part < other ? -1 : 1;
  }
  return a.length - b.length;
}

function sharedDepth(a: readonly string[], b: readonly string[]): number {
  let depth = 0;
  while (depth < a.length && depth < b.length && a[depth] === b[depth]) depth += 1;
  return depth;
}

function painted(kind: keyof Changes, name: string, colour: boolean): string {
  const { mark, colour: code } = MARKS[kind];
  const text = `${mark} ${escapeControls(name)}`;
  return colour ? `\u001b[${code}m${text}\u001b[0m` : text;
}

function indent(depth: number): string {
  return '  '.repeat(depth + 1);
}
