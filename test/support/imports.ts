/** Reads who imports whom below a folder of TypeScript. Knows no rule; see `test/architecture.test.ts`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';

export interface Import {
  /** As written. */
  readonly specifier: string;
  /** Path below the folder without extension, for a relative import; it may begin with `../`. */
  readonly target: string | undefined;
  /** Brings in types only, so nothing of it is there at run time. */
  readonly typeOnly: boolean;
}

export interface Module {
  /** Path below the folder, with `/` and extension. */
  readonly file: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

// Statements begin at the margin, for all code is formatted; `import()` may stand anywhere.
const STATEMENT =
  /^(?:import|export)(\s+type\b)?\s*((?:[\w$]+\s*,?\s*)?(?:\{[^}]*\}|\*(?:\s*as\s+[\w$]+)?)?)\s*(?:from\s*)?['"]([^'"\n]+)['"]/gm;
const DYNAMIC = /\bimport\(\s*['"]([^'"\n]+)['"]/g;
const COMMENT = /^\s*(?:\/\/.*|\/?\*.*)$/gm;

/** All modules below `root`, sorted by path. */
export function readModules(root: string): Module[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()
    .map((file) => readModule(file, readFileSync(join(root, file), 'utf8')));
}

function readModule(file: string, text: string): Module {
  const code = text.replace(COMMENT, '');
  const found = [
    ...[...code.matchAll(STATEMENT)].map(([, type, names = '', specifier = '']) => ({
      specifier,
      typeOnly: type !== undefined || bringsTypesOnly(names),
    })),
    ...[...code.matchAll(DYNAMIC)].map(([, specifier = '']) => ({ specifier, typeOnly: false })),
  ];
  return { file, text, imports: found.map((one) => ({ ...one, target: targetOf(file, one.specifier) })) };
}

/** `{ type A, type B }`, as opposed to `{ type A, b }` and to `{}`. */
function bringsTypesOnly(names: string): boolean {
  const inner = /^\{([^}]*)\}$/.exec(names.trim())?.[1] ?? '';
  const each = inner
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return each.length > 0 && each.every((name) => /^type\s/.test(name));
}

function targetOf(file: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  return posix.join(posix.dirname(file), specifier).replace(/\.(?:js|ts)$/, '');
}

/** Groups of modules that import each other in a circle, each as one path that returns to its start. */
export function importCycles(modules: readonly Module[]): string[] {
  const targets = new Map(
    modules.map(({ file, imports }) => [
      file.replace(/\.ts$/, ''),
      imports.flatMap(({ target }) => (target === undefined ? [] : [target])),
    ]),
  );
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (name: string, path: readonly string[]): void => {
    const start = path.indexOf(name);
    if (start >= 0) cycles.push([...path.slice(start), name].join(' -> '));
    if (start >= 0 || done.has(name)) return;
    for (const target of targets.get(name) ?? []) visit(target, [...path, name]);
    done.add(name);
  };
  for (const name of targets.keys()) visit(name, []);
  return cycles;
}
