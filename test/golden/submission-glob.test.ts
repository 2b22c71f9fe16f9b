/**
 * Glob patterns and glob options against the golden data. The trees are walked in memory, so that
 * links count too; that a real walk selects the same is asserted where the walk is tested.
 */
import { expect } from 'vitest';
import { parseGlobConfig } from '../../src/model/glob-config.js';
import { GlobFilter } from '../../src/model/glob-filter.js';
import { golden, goldenDocument } from '../support/golden.js';
import { selectInMemory, type TreeNode } from '../support/tree-in-memory.js';

interface GlobCase {
  readonly tree: string;
  readonly include: string[];
  readonly exclude: string[];
  readonly matched: string[];
  readonly matchedByCommand?: string[];
  readonly tier?: 'linkedDirectory';
}

interface GlobDocument {
  readonly trees: Record<string, TreeNode[]>;
}

golden<GlobCase, GlobDocument>('submission/glob.json', (c, { trees }) => {
  const { include, exclude, matched } = c;
  const tree = trees[c.tree] ?? [];
  const selected = selectInMemory(tree, new GlobFilter({ include, exclude }), 'collapse_files');
  expect(selected).toEqual([...matched].sort());
  const byCommand = selectInMemory(tree, new GlobFilter({ include, exclude, dot: false }), 'collapse_all');
  expect(byCommand).toEqual([...(c.matchedByCommand ?? matched)].sort());
  // A path that runs through a link is selected by a part that names or matches the link, and only then.
  const links = tree.filter(({ type }) => type === 'symlink').map(({ path }) => `${path}/`);
  const throughLink = matched.some((path) => links.some((link) => path.startsWith(link)));
  expect(throughLink).toBe(c.tier === 'linkedDirectory');
});

goldenDocument<GlobDocument>('submission/glob.json', ({ trees }) => {
  for (const tree of Object.values(trees)) {
    expect(new Set(tree.map(({ path }) => path)).size).toBe(tree.length);
    expect(selectInMemory(tree, new GlobFilter({ exclude: '**' }), 'collapse_all')).toEqual([]);
  }
});

interface ConfigCase {
  readonly input: string;
  readonly fileContent?: string;
  readonly result?: { include: string[]; exclude: string[] };
  readonly error?: { type: string; message: string };
}

golden<ConfigCase>('submission/glob-config.json', (c) => {
  const { input, fileContent, result, error } = c;
  const parse = () => parseGlobConfig(input, (path) => (path === input ? fileContent : undefined));
  if (error === undefined) expect(parse()).toEqual(result);
  else expect(parse).toThrowError(expect.objectContaining({ code: error.type, message: error.message }));
});
