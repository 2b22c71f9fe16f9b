/** What the walk may not read, as a user without rights: modes do not stop root. */
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { WalkProblems } from '../../src/sources/walk-problems.js';
import type { WalkOptions } from '../../src/sources/walk-tree.js';
import { asNobody, canBecomeNobody, compiled } from '../support/as-nobody.js';
import { tempDir } from '../support/temp-dir.js';
import { files, link, plantTree } from '../support/tree-on-disk.js';

interface Outcome {
  readonly paths: string[];
  readonly logged: [string, string, string][];
  readonly error?: {
    readonly code: string;
    readonly path: string;
    readonly errno: string;
    readonly message: string;
  };
}

function walkedAsNobody(root: string, options: WalkOptions = {}): Outcome {
  return asNobody(`
    import { createContext } from ${JSON.stringify(compiled('pipeline/context.js'))};
    import { walkTree } from ${JSON.stringify(compiled('sources/walk-tree.js'))};
    const logged = [], paths = [];
    const ctx = createContext({ log: (level, message, fields) => logged.push([level, fields.path, message]) });
    let error;
    try {
      for await (const { path } of walkTree(${JSON.stringify(root)}, ${JSON.stringify(options)})(ctx)) paths.push(path);
    } catch ({ code, path, errno, message }) {
      error = { code, path, errno, message };
    }
    console.log(JSON.stringify({ paths: paths.sort(), logged, error }));
  `) as Outcome;
}

let count = 0;
const base = tempDir('walk-problems');
const fresh = (): string => {
  count += 1;
  return join(base, String(count));
};

describe.runIf(canBecomeNobody || process.getuid?.() !== 0)('without rights', () => {
  it('the root is FileUnreadable', () => {
    const root = plantTree(fresh(), files('a'));
    chmodSync(root, 0o700);
    const { error } = walkedAsNobody(root);
    expect(error).toMatchObject({ code: 'FileUnreadable', path: root, errno: 'EACCES' });
    chmodSync(root, 0o755);
  });

  it('a directory is left out with one warning, or ends the walk', () => {
    const root = plantTree(fresh(), files('a', 'shut/b', 'shut/c'));
    chmodSync(join(root, 'shut'), 0o000);
    const skipped = walkedAsNobody(root);
    expect(skipped.paths).toEqual(['a']);
    expect(skipped.error).toBeUndefined();
    expect(skipped.logged.map(([level, path]) => [level, path])).toEqual([['warning', 'shut']]);
    expect(skipped.logged[0]?.[2]).toContain('EACCES');
    const refused = walkedAsNobody(root, { onUnreadable: 'error' });
    expect(refused.error).toMatchObject({
      code: 'FileUnreadable',
      path: join(root, 'shut'),
      errno: 'EACCES',
    });
  });

  it('a file of mode 000 is found all the same: reading it is what fails', () => {
    const root = plantTree(fresh(), [{ path: 'a', type: 'file', mode: '000' }]);
    expect(walkedAsNobody(root)).toEqual({ paths: ['a'], logged: [] });
  });

  it('entries of a directory without search permission are left out with a warning each', () => {
    const root = plantTree(fresh(), [...files('a', 'd/b'), link('d/l', '../a')]);
    chmodSync(join(root, 'd'), 0o744);
    const { paths, logged } = walkedAsNobody(root);
    expect(paths).toEqual(['a']);
    expect(logged.map(([level, path]) => [level, path]).sort()).toEqual([
      ['warning', 'd/b'],
      ['warning', 'd/l'],
    ]);
  });

  it('a link into a shut directory is left out with a warning, or ends the walk', () => {
    const root = plantTree(fresh(), [...files('a', 'shut/b'), link('l', 'shut/b')]);
    chmodSync(join(root, 'shut'), 0o000);
    const { paths, logged } = walkedAsNobody(root);
    expect(paths).toEqual(['a']);
    expect(logged.map(([level, path]) => [level, path]).sort()).toEqual([
      ['warning', 'l'],
      ['warning', 'shut'],
    ]);
    expect(walkedAsNobody(root, { onUnreadable: 'error' }).error).toMatchObject({ code: 'FileUnreadable' });
  });
});

describe('WalkProblems', () => {
  const problems = (onUnreadable: 'skip' | 'error') => {
    const logged: [string, string][] = [];
    const log = (level: string, message: string): void => void logged.push([level, message]);
    return { logged, problems: new WalkProblems(log, { onUnreadable, onSpecialFile: 'skip' }, '/r') };
  };

  it.each(['EMFILE', 'ENFILE', 'ENOMEM', 'ENAMETOOLONG'])(
    '%s is never skipped: what it hides is not known',
    (code) => {
      const { problems: skip } = problems('skip');
      const cause = Object.assign(new Error(code), { code });
      expect(() => skip.unreadable('d', cause)).toThrow(
        expect.objectContaining({ path: '/r/d', errno: code, cause }),
      );
    },
  );

  it.each(['ENOENT', 'ENOTDIR'])('%s is an entry that went away, under either policy', (code) => {
    const { problems: strict, logged } = problems('error');
    strict.unseen('d', code);
    expect(logged).toMatchObject([['debug', expect.stringContaining('"d"')]]);
  });

  it('shows the root itself as the user gave it', () => {
    expect(problems('skip').problems.shown('')).toBe('/r');
  });
});
