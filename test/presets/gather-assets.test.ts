/** The paths of a job on a real disk: what becomes an input, an output or a reference, and of which group. */
import { chmodSync, realpathSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type AssetReferences, NO_REFERENCES } from '../../src/model/asset-references.js';
import { GlobFilter } from '../../src/model/glob-filter.js';
import { readStorageProfile, type StorageProfile } from '../../src/model/storage-profile.js';
import { type GatherAssetsOptions, gatherAssets } from '../../src/presets/gather-assets.js';
import { asNobody, compiled } from '../support/as-nobody.js';
import { fixtureDocument } from '../support/golden-files.js';
import { poolsMade } from '../support/pools-made.js';
import { filledIn, listedGroups } from '../support/submission-facts.js';
import { tempDir } from '../support/temp-dir.js';
import { type DiskNode, files, link, plantTree } from '../support/tree-on-disk.js';

const base = realpathSync(tempDir('gather-assets'));
let count = 0;
function planted(...nodes: readonly DiskNode[]): string {
  count += 1;
  return plantTree(join(base, `${count}`), nodes);
}

/** The groups as the fixtures list them, with everything below `root` relative to it. */
async function gathered(
  root: string,
  references: Partial<AssetReferences>,
  options: GatherAssetsOptions = {},
) {
  const warnings: string[] = [];
  const log: GatherAssetsOptions['log'] = (level, message) => {
    if (level === 'warning') warnings.push(message.replaceAll(root, ''));
  };
  const all = { ...NO_REFERENCES, ...references };
  const { groups, entryOf } = await gatherAssets(all, { cwd: root, log, ...options });
  const text = JSON.stringify(listedGroups(groups)).replaceAll(root, '');
  const listed = JSON.parse(text) as ReturnType<typeof listedGroups>;
  return { listed, warnings: warnings.sort(), groups, entryOf };
}

const group = (rootPath: string, inputs: string[], references: string[] = [], outputs: string[] = []) => ({
  ...{ fileSystemLocationName: null, rootPath, inputs, outputs, references },
});

interface GroupingCase {
  readonly id: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly references: readonly string[];
  readonly requirePathsExist: boolean;
  readonly locations?: readonly object[];
  readonly cwd?: string;
  readonly resolveLocationSymlinks?: boolean;
  readonly expected?: { readonly groups: object[]; readonly totalInputFiles?: number };
  readonly error?: { readonly type: string; readonly message: string };
}

describe('groups as the golden data do', () => {
  const { tree, cases } = fixtureDocument('submission/grouping-posix.json') as {
    tree: DiskNode[];
    cases: GroupingCase[];
  };
  const root = plantTree(join(base, 'grouping'), tree);
  it.each(cases.map((one) => [one.id, filledIn(one, root)] as const))('%s', async (_id, c) => {
    const { requirePathsExist, resolveLocationSymlinks, expected, error, cwd = root } = c;
    const gather = gatherAssets(
      {
        ...NO_REFERENCES,
        ...{ inputFilenames: c.inputs, outputDirectories: c.outputs, referencedPaths: c.references },
      },
      {
        ...{ cwd, requirePathsExist, directoriesInInputFilenames: 'error' },
        ...(resolveLocationSymlinks !== undefined && { resolveLocationSymlinks }),
        ...(c.locations && { storageProfile: readStorageProfile({ fileSystemLocations: c.locations }) }),
      },
    );
    if (error) {
      await expect(gather).rejects.toMatchObject({ code: error.type, message: error.message });
      return;
    }
    const { groups, entryOf } = await gather;
    const { assetGroups, ...totals } = groups;
    const found = { groups: listedGroups(groups), ...totals };
    expect(found).toEqual({ ...totals, ...expected });
    for (const path of assetGroups.flatMap(({ inputs }) => [...inputs])) {
      expect(entryOf(path)).toMatchObject({ path, kind: 'file', size: statSync(path).size });
    }
  });
});

describe('an input directory', () => {
  it('gives the files at any depth, hidden ones and links to files', async () => {
    const root = planted(...files('out', 'd/a', 'd/.h/.b', 'd/e/f/c'), link('d/l', '../out'));
    const { listed, groups } = await gathered(root, { inputDirectories: ['d'] });
    expect(listed).toEqual([group('/d', ['/d/.h/.b', '/d/a', '/d/e/f/c', '/d/l'])]);
    expect(groups.totalInputFiles).toBe(4);
  });

  it('without files is a reference', async () => {
    const root = planted({ path: 'd/e/f', type: 'dir' });
    expect((await gathered(root, { inputDirectories: ['d'] })).listed).toEqual([group('/d', [], ['/d'])]);
  });

  it('whose files a filter leaves out is a reference', async () => {
    const root = planted(...files('d/a.tmp', 'd/e/b.tmp'));
    const options = { filter: new GlobFilter({ include: '**/*.txt' }), requirePathsExist: true };
    const { listed } = await gathered(root, { inputDirectories: ['d'] }, options);
    expect(listed).toEqual([group('/d', [], ['/d'])]);
  });

  it('is filtered by the paths below it, and a file that is named is not', async () => {
    const root = planted(...files('d/a.txt', 'd/e/b.txt', 'd/c.tmp', 'x.tmp'));
    const filter = new GlobFilter({ include: '*.txt' });
    const references = { inputDirectories: ['d'], inputFilenames: ['x.tmp'] };
    const { listed } = await gathered(root, references, { filter });
    expect(listed).toEqual([group('', ['/d/a.txt', '/x.tmp'])]);
  });

  it.each(['gone', 'file'])('that is %s is a reference with a warning, or an error', async (name) => {
    const root = planted(...files('file'));
    const { listed, warnings } = await gathered(root, { inputDirectories: [name, '', 'gone'] });
    const references = [...new Set([`/${name}`, '/gone'])].sort();
    expect(listed).toEqual([group(name === 'gone' ? '/gone' : '', [], references)]);
    expect(warnings).toContain(`Input path '${name}' does not exist. Adding to referenced paths.`);
    const strict = gathered(root, { inputDirectories: [name, '', 'gone'] }, { requirePathsExist: true });
    await expect(strict).rejects.toMatchObject({
      code: 'MisconfiguredInputsError',
      missingDirectories: [...new Set([name, 'gone'])].sort(),
    });
  });

  it('is checked before any file is, and before anything is walked', async () => {
    const root = planted(...files('d/a'));
    let asked = 0;
    const filter = { matches: () => ++asked > 0 };
    const references = { inputFilenames: ['missing'], inputDirectories: ['d', 'gone'] };
    const strict = gathered(root, references, { requirePathsExist: true, filter });
    await expect(strict).rejects.toMatchObject({ missing: [], missingDirectories: ['gone'] });
    expect(asked).toBe(0);
  });

  it('with a broken link: the link is missing', async () => {
    const root = planted(...files('d/a'), link('d/l', 'gone'), link('d/m.tmp', 'gone'));
    const { listed, warnings } = await gathered(root, { inputDirectories: ['d'] });
    expect(listed).toEqual([group('/d', ['/d/a'], ['/d/l', '/d/m.tmp'])]);
    expect(warnings).toContain(
      "Input path '/d/l' resolving to '/d/l' does not exist. Adding to referenced paths.",
    );
    const strict = { requirePathsExist: true, filter: new GlobFilter({ exclude: '*.tmp' }) };
    const failed = gathered(root, { inputDirectories: ['d'], inputFilenames: ['gone'] }, strict);
    await expect(failed).rejects.toMatchObject({ missing: [`${root}/d/l`, `${root}/gone`] });
  });

  it('of broken links only is no reference itself', async () => {
    const root = planted(link('d/e/l', 'l'));
    const { listed } = await gathered(root, { inputDirectories: ['d'] });
    expect(listed).toEqual([group('/d/e/l', [], ['/d/e/l'])]);
  });

  it('with a linked directory: its files are not included, with a warning', async () => {
    const root = planted(...files('d/a', 'other/b'), link('d/l', '../other'));
    const { listed, warnings } = await gathered(root, { inputDirectories: ['d'] });
    expect(listed).toEqual([group('/d', ['/d/a'])]);
    expect(warnings).toEqual([expect.stringContaining('"l" is left out: the link leads to a directory')]);
  });

  it('with a FIFO: it is left out with a warning, or an error, and never opened', async () => {
    const root = planted(...files('d/a'), { path: 'd/pipe', type: 'fifo' });
    const { listed, warnings } = await gathered(root, { inputDirectories: ['d'] });
    expect(listed).toEqual([group('/d', ['/d/a'])]);
    expect(warnings).toEqual([expect.stringContaining('"pipe" is a socket, FIFO or device')]);
    const strict = gathered(root, { inputDirectories: ['d'] }, { onSpecialFile: 'error' });
    await expect(strict).rejects.toMatchObject({ code: 'NotAFile', path: `${root}/d/pipe` });
  });

  it('that overlaps with others and with files gives each file once', async () => {
    const root = planted(...files('d/a', 'd/e/b'));
    const references = {
      inputDirectories: ['d', './d/', 'd/e', 'd/x/../e'],
      inputFilenames: ['d/a', `${root}/d/e/../a`],
    };
    const { listed, groups } = await gathered(root, references);
    expect(listed).toEqual([group('/d', ['/d/a', '/d/e/b'])]);
    expect(groups.totalInputFiles).toBe(2);
  });

  it('that is a link is walked under its own name', async () => {
    const root = planted(...files('real/a'), link('d', 'real'));
    const { listed, entryOf } = await gathered(root, { inputDirectories: ['d'] });
    expect(listed).toEqual([group('/d', ['/d/a'])]);
    expect(entryOf(`${root}/d/a`)?.sourcePath).toBe(`${root}/real/a`);
  });

  it('may hold twins that differ in case or normal form only', async () => {
    const names = ['A', 'a', '\u00e4', 'a\u0308', 'x\ny', '😀', 'n'.repeat(255)];
    const root = planted(...files(...names.map((name) => `d/${name}`)));
    const { groups } = await gathered(root, { inputDirectories: ['d'] });
    expect([...(groups.assetGroups[0]?.inputs ?? [])].sort()).toEqual(
      names.map((name) => `${root}/d/${name}`).sort(),
    );
  });

  it('with a name that is not UTF-8 is refused, unless a filter leaves the name out', async () => {
    const root = planted(...files('d/a'));
    writeFileSync(Buffer.concat([Buffer.from(`${root}/d/b`), Buffer.from([0xff])]), '');
    await expect(gathered(root, { inputDirectories: ['d'] })).rejects.toMatchObject({
      code: 'InvalidPath',
      path: `${root}/d/b\\xff`,
    });
    const filter = new GlobFilter({ exclude: 'b*' });
    const { listed } = await gathered(root, { inputDirectories: ['d'] }, { filter });
    expect(listed).toEqual([group('/d', ['/d/a'])]);
  });
});

describe('a directory among the input files', () => {
  const nodes = [...files('d/a', 'd/e/b', 'f'), { path: 'empty', type: 'dir' }, link('l', 'd')] as const;
  const references = { inputFilenames: ['d', 'empty', 'f', 'l'] };

  it('is expanded', async () => {
    const root = planted(...(nodes as readonly DiskNode[]));
    const { listed } = await gathered(root, references);
    expect(listed).toEqual([group('', ['/d/a', '/d/e/b', '/f', '/l/a', '/l/e/b'], ['/empty'])]);
  });

  it('is refused where the caller says so, also where paths need not exist', async () => {
    const root = planted(...(nodes as readonly DiskNode[]));
    const gather = gathered(
      root,
      { inputFilenames: [...references.inputFilenames, 'gone'] },
      { directoriesInInputFilenames: 'error' },
    );
    await expect(gather).rejects.toMatchObject({
      code: 'MisconfiguredInputsError',
      missing: [],
      directories: ['d', 'empty', 'l'].map((name) => `${root}/${name}`),
    });
  });

  it('has no third way', async () => {
    const options = { directoriesInInputFilenames: 'skip' } as unknown as GatherAssetsOptions;
    await expect(gatherAssets(NO_REFERENCES, options)).rejects.toMatchObject({
      code: 'InvalidConfig',
      option: 'directoriesInInputFilenames',
    });
  });
});

describe('an input file', () => {
  it('below a linked directory keeps its path, and is opened where it really is', async () => {
    const root = planted(...files('real/a'), link('d', 'real'), link('d2', 'd'), link('f', 'd2/a'));
    const { listed, entryOf } = await gathered(root, { inputFilenames: ['d2/a', 'f', 'real/a'] });
    expect(listed).toEqual([group('', ['/d2/a', '/f', '/real/a'])]);
    for (const path of ['d2/a', 'f', 'real/a']) {
      expect(entryOf(join(root, path))?.sourcePath, path).toBe(`${root}/real/a`);
    }
  });

  it('carries what was seen of it', async () => {
    const root = planted({ path: 'f', type: 'file', content: 'twelve bytes', mode: '755', mtimeNs: '-999' });
    const { entryOf } = await gathered(root, { inputFilenames: ['f'] });
    const { ctimeNs, mode } = statSync(join(root, 'f'), { bigint: true });
    expect(entryOf(join(root, 'f'))).toEqual({
      ...{ path: join(root, 'f'), sourcePath: join(root, 'f'), kind: 'file', size: 12 },
      ...{ mtimeNs: -999n, ctimeNs, mode: Number(mode) },
    });
    expect(entryOf(root)).toBeUndefined();
  });

  it('that is a FIFO is an error where paths have to exist, else it is left out', async () => {
    const root = planted({ path: 'pipe', type: 'fifo' }, ...files('a'));
    const references = { inputFilenames: ['pipe', 'a', '/dev/null'] };
    const { listed, warnings } = await gathered(root, references);
    expect(listed).toEqual([group('', ['/a'])]);
    expect(warnings).toHaveLength(2);
    const strict = gathered(root, references, { requirePathsExist: true });
    await expect(strict).rejects.toMatchObject({ notRegular: ['/dev/null', `${root}/pipe`] });
  });

  it.each([
    ['x'.repeat(256), 'PathTooLong'],
    [`${'d/'.repeat(2048)}f`, 'PathTooLong'],
    ['a\0b', 'InvalidPath'],
  ])('that cannot be one is refused', async (path, code) => {
    await expect(gathered(base, { inputFilenames: [path] })).rejects.toMatchObject({ code });
  });

  it('whose root is a file has the parent as root; what cannot be looked at is no file', async () => {
    const root = planted(...files('x/a'));
    expect((await gathered(root, { referencedPaths: ['x/a'] })).listed).toEqual([group('/x', [], ['/x/a'])]);
    const long = `/${'x'.repeat(256)}`;
    expect((await gathered(root, { referencedPaths: [`.${long}`] })).listed).toEqual([
      group(long, [], [long]),
    ]);
  });
});

describe('locations', () => {
  const profile = (locations: StorageProfile['locations']): StorageProfile => ({ locations });
  const location = (name: string, path: string, locationType: 'LOCAL' | 'SHARED') => ({
    ...{ name, path, locationType },
  });

  it('go by where a link leads, for walked files, named files, outputs and references alike', async () => {
    const root = planted(
      ...files('shared/x', 'proj/a', 'proj/d/b'),
      ...[link('proj/d/s', '../../shared/x'), link('to-shared', 'shared'), link('to-proj', 'proj')],
      link('proj/gone', '../shared/later/x'),
    );
    const storageProfile = profile([
      location('S', `${root}/to-shared`, 'SHARED'),
      location('P', `${root}/proj/`, 'LOCAL'),
    ]);
    const { listed } = await gathered(
      root,
      {
        inputDirectories: ['proj/d'],
        inputFilenames: ['to-shared/x', 'to-proj/a', 'proj/gone'],
        outputDirectories: ['to-proj/out', 'shared/out'],
        referencedPaths: ['to-shared/later', 'proj/r'],
      },
      { storageProfile },
    );
    expect(listed).toEqual([
      {
        fileSystemLocationName: 'P',
        rootPath: '',
        inputs: ['/proj/d/b', '/to-proj/a'],
        outputs: ['/to-proj/out'],
        references: ['/proj/r'],
      },
    ]);
  });

  it('go by the text where the caller says so', async () => {
    const root = planted(...files('shared/x'), link('l', 'shared'));
    const options = {
      storageProfile: profile([location('S', `${root}/shared`, 'SHARED')]),
      resolveLocationSymlinks: false,
    };
    const { listed } = await gathered(root, { inputDirectories: ['l', 'shared'] }, options);
    expect(listed).toEqual([group('/l', ['/l/x'])]);
  });

  it('must be absolute', async () => {
    const storageProfile = profile([location('S', 'shared', 'SHARED')]);
    const gather = gatherAssets({ ...NO_REFERENCES, inputFilenames: ['x'] }, { storageProfile });
    await expect(gather).rejects.toMatchObject({ code: 'InvalidConfig' });
  });

  it('of a named file that is a location itself', async () => {
    const root = planted(...files('f', 'g'));
    const storageProfile = profile([location('F', `${root}/f`, 'LOCAL')]);
    const { listed } = await gathered(root, { inputFilenames: ['f', 'g'] }, { storageProfile });
    expect(listed).toEqual([group('', ['/g']), { ...group('', ['/f']), fileSystemLocationName: 'F' }]);
  });
});

describe('is cancelled', () => {
  it('before anything is looked at', async () => {
    const reason = new Error('enough');
    const gather = gathered(base, { inputFilenames: ['a\0b'] }, { signal: AbortSignal.abort(reason) });
    await expect(gather).rejects.toMatchObject({ code: 'Cancelled', cause: reason });
  });

  it('while a directory is walked, of which no further one is entered', async () => {
    const root = planted(...files(...Array.from({ length: 3000 }, (_, n) => `d/${n % 50}/${n}`)));
    const stop = new AbortController();
    let asked = 0;
    const filter = {
      matches: () => {
        asked += 1;
        stop.abort();
        return true;
      },
    };
    const gather = gathered(root, { inputDirectories: ['d', 'd/1'] }, { signal: stop.signal, filter });
    await expect(gather).rejects.toMatchObject({ code: 'Cancelled' });
    expect(asked).toBeLessThan(1100); // one batch
  });

  it('while files are looked at', async () => {
    const root = planted(...files('d/a'));
    const stop = new AbortController();
    const log = () => stop.abort();
    const inputFilenames = Array.from({ length: 500 }, (_, n) => `gone-${n}`);
    let warnings = 0;
    const count = () => {
      warnings += 1;
      log();
    };
    const gather = gathered(root, { inputFilenames }, { signal: stop.signal, log: count });
    await expect(gather).rejects.toMatchObject({ code: 'Cancelled' });
    expect(warnings).toBeLessThan(20);
  });
});

it('makes a pool of threads only for directories, and one for all of them', async () => {
  const root = planted(...files('f', 'd/a', 'e/b'));
  const named = { inputFilenames: ['f', 'gone'], outputDirectories: ['out'], referencedPaths: ['d'] };
  expect(await poolsMade(() => gathered(root, named))).toBe(0);
  expect(await poolsMade(() => gathered(root, { ...named, inputDirectories: ['d', 'e'] }))).toBe(1);
});

it('tells a user without rights which path he may not read', () => {
  const root = planted(...files('d/shut/a', 'd/b'));
  symlinkSync('d/shut', join(root, 'l'));
  chmodSync(join(root, 'd/shut'), 0);
  const code = (references: object, options: object) => `
    import { gatherAssets } from ${JSON.stringify(compiled('presets/gather-assets.js'))};
    const none = { inputFilenames: [], inputDirectories: [], outputDirectories: [], referencedPaths: [] };
    const warnings = [];
    const log = (level, message) => void (level === 'warning' && warnings.push(message));
    const gathered = await gatherAssets({ ...none, ...${JSON.stringify(references)} }, { log, ...${JSON.stringify(options)} })
      .then(({ groups }) => groups.totalInputFiles, ({ code, path }) => ({ code, path }));
    console.log(JSON.stringify({ gathered, warnings: warnings.length }));`;
  const unreadable = (path: string) => ({ gathered: { code: 'FileUnreadable', path }, warnings: 0 });
  const directories = { inputDirectories: [`${root}/d`] };
  expect(asNobody(code(directories, {}))).toEqual({ gathered: 1, warnings: 1 });
  expect(asNobody(code(directories, { onUnreadable: 'error' }))).toEqual(unreadable(`${root}/d/shut`));
  const file = `${root}/d/shut/a`;
  expect(asNobody(code({ inputFilenames: [file] }, {}))).toEqual(unreadable(file));
  const reference = { inputFilenames: [`${root}/d/b`], referencedPaths: [file] };
  expect(asNobody(code(reference, {}))).toEqual({ gathered: 1, warnings: 0 });
  chmodSync(join(root, 'd/shut'), 0o755);
});
