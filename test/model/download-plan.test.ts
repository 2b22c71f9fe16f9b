import { describe, expect, it } from 'vitest';
import { planDownload } from '../../src/model/download-plan.js';
import { StorageError } from '../../src/model/errors.js';
import type { FileEntry } from '../../src/model/manifest.js';
import { v2023, v2025 } from '../support/contents.js';
import { deepFreeze } from '../support/deep-freeze.js';

const HASH = '0'.repeat(32);
const file = (path: string, more: Partial<FileEntry> = {}): FileEntry => ({
  path,
  hash: HASH,
  size: 1,
  mtime: 1,
  ...more,
});
const old = (...paths: string[]) =>
  v2023(
    paths.map((path, index) => ({ path, hash: `${index}`.padStart(32, '0'), size: index, mtime: index })),
  );
const link = (path: string, symlinkTarget: string): FileEntry => ({ path, symlinkTarget });
const kindOf = (plan: () => unknown): string => {
  try {
    plan();
  } catch (error) {
    if (error instanceof StorageError) return error.kind;
    throw error;
  }
  return 'none';
};

describe('paths', () => {
  it.each([
    ['..', 'PathOutsideRoot'],
    ['../x', 'PathOutsideRoot'],
    ['a/../../x', 'PathOutsideRoot'],
    ['a/..', 'PathOutsideRoot'],
    ['/abs', 'PathOutsideRoot'],
    ['\\abs', 'PathOutsideRoot'],
    ['C:\\x', 'PathOutsideRoot'],
    ['C:/x', 'PathOutsideRoot'],
    ['', 'PathOutsideRoot'],
    ['.', 'PathOutsideRoot'],
    ['a//b', 'PathOutsideRoot'],
    ['a/', 'PathOutsideRoot'],
    ['a\0b', 'PathOutsideRoot'],
    ['\ud800', 'InvalidPath'],
    ['\udc7f', 'InvalidPath'],
    [`d/${'x'.repeat(256)}`, 'PathTooLong'],
    ['ä'.repeat(128), 'PathTooLong'],
    ['\udcff'.repeat(256), 'PathTooLong'],
  ])('%j is refused', (path, kind) => {
    expect(kindOf(() => planDownload(old('good', path)))).toBe(kind);
    expect(kindOf(() => planDownload(v2025([file('good'), file(path)])))).toBe(kind);
    expect(kindOf(() => planDownload(v2025([], { dirs: [{ path }] })))).toBe(kind);
    expect(kindOf(() => planDownload(v2025([link(path, 'good')])))).toBe(kind);
    const deletion = v2025([{ path, deleted: true }], { type: 'diff', parentManifestHash: 'a' });
    expect(kindOf(() => planDownload(deletion))).toBe(kind);
  });

  it.each([
    'T:12',
    'a\\..\\b',
    '...',
    ' ',
    '-rf',
    'a\nb',
    'con',
    'x'.repeat(255),
    '\udcff'.repeat(255),
    'a:b',
  ])('%j is a name on POSIX', (path) => {
    expect(planDownload(old(path)).contents[0]?.targets[0]?.path).toBe(path);
  });

  it.each([
    'T:12',
    'a\\..\\b',
    '..\\x',
    '\\\\host\\share',
    'con',
    'd/NUL.txt',
    'Com1 .log',
    'lpt²',
    'a:b',
    'end.',
    'end ',
  ])('%j is refused on Windows', (path) => {
    expect(kindOf(() => planDownload(old(path), { host: 'windows' }))).toBe('PathOutsideRoot');
  });

  it.each([
    ['a\\b', 'a/b'],
    ['./a/./b', 'a/b'],
    ['console', 'console'],
    ['com10', 'com10'],
  ])('%j becomes %j on Windows', (path, expected) => {
    expect(planDownload(old(path), { host: 'windows' }).contents[0]?.targets[0]?.path).toBe(expected);
  });
});

describe('entries at odds', () => {
  it('takes the last of equal v2023 paths', () => {
    const { contents, totalFiles, totalBytes } = planDownload(old('a', 'b', './a'));
    expect(totalFiles).toBe(2);
    expect(totalBytes).toBe(3);
    expect(contents.flatMap(({ targets, size }) => targets.map(({ path }) => [path, size]))).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
  });

  it.each([
    ['a file below a file', [file('a'), file('a/b/c')], 'ManifestInvalid'],
    ['a file below a link', [link('a', 'd'), file('a/b')], 'SymlinkEscape'],
    ['a link below a link', [link('a', 'd'), link('a/b', 'd')], 'SymlinkEscape'],
    ['a link below a file', [file('a'), link('a/b', 'd')], 'ManifestInvalid'],
    ['a file that is a link', [file('a'), link('a', 'd')], 'ManifestInvalid'],
  ])('refuses %s', (_what, files, kind) => {
    expect(kindOf(() => planDownload(v2025(files)))).toBe(kind);
  });

  it.each([
    ['below a file', 'a/b', 'ManifestInvalid'],
    ['that is a file', 'a', 'ManifestInvalid'],
    ['below a link', 'l/b', 'SymlinkEscape'],
    ['that is a link', 'l', 'ManifestInvalid'],
  ])('refuses a directory %s', (_what, path, kind) => {
    const manifest = v2025([file('a'), link('l', 'a')], { dirs: [{ path }] });
    expect(kindOf(() => planDownload(manifest))).toBe(kind);
  });
});

describe('content', () => {
  it.each<[string, Partial<FileEntry>]>([
    ['without hash', { hash: undefined } as unknown as Partial<FileEntry>],
    ['with a hash that is no key', { hash: '../x' }],
    ['with too few chunk hashes', { hash: undefined, chunkhashes: [HASH, HASH], size: 25 } as never],
    ['with too many chunk hashes', { hash: undefined, chunkhashes: [HASH, HASH, HASH], size: 20 } as never],
    ['with one chunk hash', { hash: undefined, chunkhashes: [HASH], size: 10 } as never],
    ['with no chunk hash', { hash: undefined, chunkhashes: [], size: 0 } as never],
    ['with a negative size', { size: -1 }],
    ['with a broken size', { size: 1.5 }],
  ])('refuses a file %s before anything is written', (_what, more) => {
    const entry = Object.fromEntries(
      Object.entries(file('a', more)).filter(([, value]) => value !== undefined),
    ) as unknown as FileEntry;
    const manifest = v2025([entry], { fileChunkSizeBytes: 10 });
    expect(kindOf(() => planDownload(manifest))).toBe('ManifestInvalid');
  });

  it('refuses chunks in a manifest without chunks', () => {
    const { hash: _none, ...chunked } = file('a', { chunkhashes: [HASH, HASH], size: 20 });
    expect(kindOf(() => planDownload(v2025([chunked], { fileChunkSizeBytes: -1 })))).toBe('ManifestInvalid');
  });

  it('refuses an absolute manifest', () => {
    expect(kindOf(() => planDownload(v2025([file('/a')], { pathStyle: 'absolute' })))).toBe(
      'ManifestInvalid',
    );
  });

  it('is gathered, so that it is fetched once', () => {
    const { contents } = planDownload(v2025([file('a'), file('b'), file('c', { size: 2 })]));
    expect(contents.map(({ size, targets }) => [size, targets.map(({ path }) => path)])).toEqual([
      [1, ['a', 'b']],
      [2, ['c']],
    ]);
  });

  it('of another chunk size is another one', () => {
    const hashes = [HASH, 'f'.repeat(32)];
    const { hash: _a, ...a } = file('a', { chunkhashes: hashes, size: 20 });
    const { contents } = planDownload(v2025([a, { ...a, path: 'b' }], { fileChunkSizeBytes: 10 }));
    expect(contents).toHaveLength(1);
    expect(contents[0]).toMatchObject({ hashes, chunkSizeBytes: 10, size: 20 });
  });

  it('marks names that some file systems take for one', () => {
    const { contents } = planDownload(old('File', 'file', 'ä', 'a\u0308', 'other'));
    expect(contents.flatMap(({ targets }) => targets).map(({ twin }) => twin)).toEqual([
      'file',
      'file',
      'ä',
      'ä',
      undefined,
    ]);
  });
});

describe('links', () => {
  it.each([
    ['link', 'file', 'file'],
    ['d/link', 'd/file', 'file'],
    ['d/link', 'file', '../file'],
    ['d/e/link', 'd/f/file', '../f/file'],
    ['d/link', 'd', '.'],
    ['d/link', '.', '..'],
    ['d/link', 'x/../y', '../y'],
    ['link', 'T:12', 'T:12'],
    ['link', 'no\udcffutf', 'no\udcffutf'],
  ])('%s to %s has the text %s', (path, target, text) => {
    expect(planDownload(v2025([link(path, target)])).links).toEqual([{ kind: 'symlink', path, text }]);
  });

  it.each([
    ['', 'SymlinkEscape'],
    ['..', 'SymlinkEscape'],
    ['../x', 'SymlinkEscape'],
    ['a/../../x', 'SymlinkEscape'],
    ['/etc', 'SymlinkEscape'],
    ['\\\\host\\share', 'SymlinkEscape'],
    ['C:\\x', 'SymlinkEscape'],
    ['C:/x', 'SymlinkEscape'],
    ['a\0b', 'InvalidPath'],
    ['\ud800', 'InvalidPath'],
  ])('to %j are refused', (target, kind) => {
    expect(kindOf(() => planDownload(v2025([link('d/link', target)])))).toBe(kind);
  });

  it.each(['T:12', '..\\x', '\\x'])('to %j are refused on Windows', (target) => {
    expect(kindOf(() => planDownload(v2025([link('link', target)]), { host: 'windows' }))).toBe(
      'SymlinkEscape',
    );
  });
});

describe('deletions', () => {
  const diff = deepFreeze(
    v2025([{ path: 'gone', deleted: true }, { path: 'd/e/f', deleted: true }, file('new')], {
      type: 'diff',
      parentManifestHash: 'a',
      dirs: [
        { path: 'd', deleted: true },
        { path: 'd/e', deleted: true },
      ],
    }),
  );

  it('are left out unless asked for', () => {
    expect(planDownload(diff).deletions).toEqual([]);
  });

  it('are files first, then directories, deepest first', () => {
    const { deletions } = planDownload(diff, { applyDeletes: true });
    expect(deletions.map(({ path, directory }) => [path, directory])).toEqual([
      ['gone', false],
      ['d/e/f', false],
      ['d/e', true],
      ['d', true],
    ]);
  });

  it('leave what is new under the same name, and what a new link leads to', () => {
    const manifest = v2025(
      [
        file('a'),
        link('l', 'd'),
        { path: 'l/x', deleted: true },
        { path: 'n', deleted: true },
        { path: 'z', deleted: true },
      ],
      {
        type: 'diff',
        parentManifestHash: 'a',
        dirs: [{ path: 'a', deleted: true }, { path: 'l', deleted: true }, { path: 'n' }],
      },
    );
    const { deletions } = planDownload(manifest, { applyDeletes: true });
    expect(deletions.map(({ path }) => path)).toEqual(['z']);
  });
});

it('plans directories parents first', () => {
  const { directories } = planDownload(v2025([], { dirs: [{ path: 'b/c' }, { path: 'b' }, { path: 'a' }] }));
  expect(directories.map(({ path }) => path)).toEqual(['a', 'b', 'b/c']);
});
