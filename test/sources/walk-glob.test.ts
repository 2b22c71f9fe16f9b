/** What a real walk selects, against the golden data of the pattern language (spec/files-and-submission.md 2.1). */
import { describe, expect, it } from 'vitest';
import { GlobFilter } from '../../src/model/glob-filter.js';
import { fixtureDocument } from '../support/golden-files.js';
import { type DiskNode, plantTree } from '../support/tree-on-disk.js';
import { treeRoots, walked } from '../support/walk.js';

interface GlobCase {
  readonly tree: string;
  readonly include: string[];
  readonly exclude: string[];
  readonly matched: string[];
  readonly matchedByCommand?: string[];
}

const { trees, cases } = fixtureDocument('submission/glob.json') as unknown as {
  readonly trees: Record<string, DiskNode[]>;
  readonly cases: readonly GlobCase[];
};
const fresh = treeRoots('walk-glob');
const roots = Object.fromEntries(
  Object.entries(trees).map(([name, tree]) => [name, plantTree(fresh(), tree)]),
);

describe.each(cases.map((c, index) => [`${index} ${c.include} - ${c.exclude}`, c] as const))(
  '%s',
  (_name, c) => {
    const { include, exclude, matched, matchedByCommand = matched } = c;
    const root = roots[c.tree] ?? '';

    it('selects the same with collapse_files', async () => {
      const filter = new GlobFilter({ include, exclude });
      expect((await walked(root, { filter })).paths).toEqual([...matched].sort());
    });

    it('selects the same by the rules of the commands', async () => {
      const filter = new GlobFilter({ include, exclude, dot: false });
      const { paths } = await walked(root, { filter, symlinks: 'collapse_all' });
      expect(paths).toEqual([...matchedByCommand].sort());
    });
  },
);
