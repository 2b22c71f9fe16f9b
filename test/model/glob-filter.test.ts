import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeGlob, GlobFilter, type GlobFilterOptions } from '../../src/model/glob-filter.js';
import { naiveMatches } from '../support/naive-glob.js';

const TREE = ['a.txt', '.h', 'd/b.txt', 'd/.k', 'd/e/c.txt'];
const select = (options: GlobFilterOptions, paths = TREE): string =>
  paths.filter((path) => new GlobFilter(options).matches(path)).join(' ');

describe('GlobFilter.matches', () => {
  it.each([
    ['*', 'a.txt .h'],
    ['**/*', TREE.join(' ')],
    ['**', TREE.join(' ')],
    ['*.txt', 'a.txt'],
    ['**/*.txt', 'a.txt d/b.txt d/e/c.txt'],
    ['d/*', 'd/b.txt d/.k'],
    ['d/**', 'd/b.txt d/.k d/e/c.txt'],
    ['d/**/*', 'd/b.txt d/.k d/e/c.txt'],
    ['d', ''],
    ['d/', ''],
    ['.', ''],
    ['d//b.txt', 'd/b.txt'],
    ['./d/./b.txt', 'd/b.txt'],
    ['D/B.TXT', ''],
    ['**/e/**', 'd/e/c.txt'],
    ['**/**/c.txt', 'd/e/c.txt'],
    ['d/**/b.txt', 'd/b.txt'],
  ])('include %j selects %j', (include, selected) => {
    expect(select({ include })).toBe(selected);
    expect(select({ include: [include] })).toBe(selected);
  });

  it.each<[GlobFilterOptions, string]>([
    [{}, TREE.join(' ')],
    [{ include: [], exclude: [] }, TREE.join(' ')],
    [{ include: '**/*', exclude: '**/.*' }, 'a.txt d/b.txt d/e/c.txt'],
    [{ include: [], exclude: '*.txt' }, '.h d/b.txt d/.k d/e/c.txt'],
    [{ include: ['a.txt', '*.txt'], exclude: ['a*'] }, ''],
    [{ include: ['a.txt', 'd/**'], exclude: ['**/c.txt'] }, 'a.txt d/b.txt d/.k'],
    [{ include: 'D/B.TXT', caseSensitive: false }, 'd/b.txt'],
    [{ include: 'D\\B.TXT', host: 'windows' }, 'd/b.txt'],
    [{ include: 'D/B.TXT', host: 'windows', caseSensitive: true }, ''],
    [{ include: 'd\\b.txt' }, ''],
  ])('%j selects %j', (options, selected) => {
    expect(select(options)).toBe(selected);
  });

  it.each([
    ['**', 'a.txt d/b.txt'],
    ['**/*', 'a.txt d/b.txt'],
    ['*', 'a.txt'],
    ['.*', '.h'],
    ['[.]h', ''],
    ['?h', ''],
    ['.h', '.h'],
    ['**/.k', 'd/.k'],
    ['**/.c/x', '.c/x'],
    ['.*/*', '.c/x'],
    ['.*/**', '.c/x'],
    ['**/x', ''],
    ['*/x', ''],
  ])('with `dot: false`, %j selects %j', (include, selected) => {
    const paths = ['a.txt', '.h', '.c/x', '.c/.y', 'd/b.txt', 'd/.k'];
    expect(select({ include, dot: false }, paths)).toBe(selected);
  });

  it.each(['', 'd/'])('selects no directory, which is what %j names', (path) => {
    expect(new GlobFilter().matches(path)).toBe(false);
  });

  it('reads the lists once', () => {
    const include = ['a.txt'];
    const filter = new GlobFilter({ include });
    include[0] = '*';
    expect(filter.throughLink('x').matches('.h')).toBe(false);
    expect(filter.matches('a.txt')).toBe(true);
  });

  it('selects by the 50th pattern on a deep path in time', () => {
    const include = Array.from({ length: 50 }, (_, index) => `${'**/a*a*/'.repeat(10)}${index}`);
    const path = `${`${'a'.repeat(200)}/`.repeat(40)}49`;
    const started = performance.now();
    expect(select({ include }, [path])).toBe(path);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

it.each<[unknown, string]>([
  [null, 'InvalidConfig'],
  [{}, 'InvalidConfig'],
  [[7], 'InvalidGlobPattern'],
  [['a', null], 'InvalidGlobPattern'],
])('patterns that are none are refused: %j', (patterns, code) => {
  const given = patterns as string[];
  expect(() => new GlobFilter({ include: given })).toThrow(expect.objectContaining({ code }));
  expect(() => new GlobFilter({ exclude: given })).toThrow(expect.objectContaining({ code }));
});

describe('where a walk goes', () => {
  it.each<[GlobFilterOptions, string, boolean]>([
    [{}, '', false],
    [{}, 'x', false],
    [{ exclude: 'x/**' }, 'x', true],
    [{ exclude: 'x/**' }, 'x/y', true],
    [{ exclude: 'x/**' }, 'y', false],
    [{ exclude: 'x/**/*' }, 'x', true],
    [{ exclude: '**/x/**' }, 'a/x', true],
    [{ exclude: '**/x/**' }, 'a/xy', false],
    [{ exclude: 'x/*' }, 'x', false],
    [{ exclude: '**/*.tmp' }, 'x', false],
    [{ exclude: '**' }, '', true],
    [{ include: '*.txt' }, 'd', true],
    [{ include: '*.txt' }, '', false],
    [{ include: 'd/e/*' }, 'd', false],
    [{ include: 'd/e/*' }, 'd/e', false],
    [{ include: 'd/e/*' }, 'd/f', true],
    [{ include: 'd/e/*' }, 'd/e/f', true],
    [{ exclude: '**/x/**', dot: false }, 'a/x', true],
    [{ include: ['**', '**/.h'], exclude: '**/x/**', dot: false }, 'a/x', false],
    [{ include: ['**', '.h/**'], exclude: '**/x/**', dot: false }, 'a/x', true],
    [{ dot: false }, '.git', true],
  ])('%j prunes %j: %j', (options, directory, pruned) => {
    expect(new GlobFilter(options).prunes(directory)).toBe(pruned);
  });

  it.each([
    ['latest/*', 'latest', true],
    ['*/x', 'latest', true],
    ['latest/**', 'latest', true],
    ['**/latest/*', 'latest', true],
    ['**/latest/*', 'a/latest', true],
    ['**/*', 'latest', false],
    ['**', 'latest', false],
    ['latest', 'latest', false],
    ['a/**/*.txt', 'a/loop', false],
    ['**/*/x', 'latest', true],
  ])('include %j enters the linked directory %j: %j', (include, directory, entered) => {
    const filter = new GlobFilter({ include });
    expect(filter.enters(directory, true)).toBe(entered);
    expect(filter.entersLink(directory)).toBe(entered);
  });

  it('selects below an entered link only what no `**` led to', () => {
    const filter = new GlobFilter({
      include: ['**/*.txt', 'l/sub/x', 'l/*/m/x'],
      exclude: '**/m/**',
    }).throughLink('l');
    expect(filter.matches('l/c.txt')).toBe(false);
    expect(filter.matches('l/sub/x')).toBe(true);
    expect(filter.matches('l/sub/m/x')).toBe(false);
    expect(filter.matches('k/c.txt')).toBe(true);
    expect(filter.prunes('l/sub/m')).toBe(true);
    const nested = filter.throughLink('l/sub');
    expect(nested.matches('l/sub/x')).toBe(true);
    expect(new GlobFilter({ include: 'l/**' }).throughLink('l').throughLink('l/sub').matches('l/sub/x')).toBe(
      false,
    );
  });
});

const name = fc.constantFrom('a', 'b', 'ab', '.a', '.b');
const path = fc.array(name, { minLength: 1, maxLength: 5 }).map((names) => names.join('/'));
const part = fc.constantFrom('**', '**', '*', 'a', 'b', '.a', '.*', 'a*', '*b', '?', '[!a]', '.', '');
const pattern = fc
  .array(part, { minLength: 1, maxLength: 5 })
  .map((parts) => parts.join('/'))
  .filter((text) => text !== '' && !text.startsWith('/'));
const patterns = fc.array(pattern, { maxLength: 3 });

describe('GlobFilter properties', () => {
  it('agrees with the naive matcher', () => {
    fc.assert(
      fc.property(patterns, patterns, path, fc.boolean(), (include, exclude, at, dot) => {
        const included = (include.length > 0 ? include : ['**/*']).some((each) =>
          naiveMatches(each, at, { dot }),
        );
        const excluded = exclude.some((each) => naiveMatches(each, at, { dot }));
        expect(new GlobFilter({ include, exclude, dot }).matches(at)).toBe(included && !excluded);
      }),
      { numRuns: 20_000 },
    );
  });

  it('agrees with the naive matcher below links', () => {
    fc.assert(
      fc.property(pattern, path, fc.nat(4), fc.boolean(), (include, at, depth, dot) => {
        const link = at
          .split('/')
          .slice(0, depth + 1)
          .join('/');
        fc.pre(link !== at);
        const expected = naiveMatches(include, at, { dot, links: new Set([link]) });
        const filter = new GlobFilter({ include, dot });
        expect(filter.throughLink(link).matches(at)).toBe(expected);
        if (expected) expect(filter.entersLink(link)).toBe(true);
      }),
      { numRuns: 20_000 },
    );
  });

  it('prunes nothing that holds a match', () => {
    fc.assert(
      fc.property(patterns, patterns, path, path, fc.boolean(), (include, exclude, directory, below, dot) => {
        const filter = new GlobFilter({ include, exclude, dot });
        const whole = `${directory}/${below}`;
        if (filter.prunes(directory)) expect(filter.matches(whole)).toBe(false);
        if (filter.matches(whole)) expect(filter.enters(directory)).toBe(true);
      }),
      { numRuns: 20_000 },
    );
  });

  it('escapes any text', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', '*', '?', '[', ']', '!', '-', '{', '\\', '.'),
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(text, text, (directory, other) => {
        fc.pre(!['.', '..'].includes(directory));
        const filter = new GlobFilter({ include: `${escapeGlob(directory)}/**` });
        expect(filter.matches(`${directory}/x/y`)).toBe(true);
        expect(filter.matches(`${other}/x/y`)).toBe(other === directory);
      }),
    );
  });
});
