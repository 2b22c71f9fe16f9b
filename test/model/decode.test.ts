import { describe, expect, it } from 'vitest';
import { xxh128 } from '../../src/hashing/xxh128.js';
import { manifestContentType } from '../../src/model/content-type.js';
import { decodeManifest, detectVersion } from '../../src/model/decode.js';
import { encodeManifest } from '../../src/model/encode.js';
import { ManifestError } from '../../src/model/errors.js';
import type { Manifest, ManifestVersion } from '../../src/model/manifest.js';

type Json = Record<string, unknown>;

const entry = { hash: 'aa', mtime: 1, path: 'a', size: 1 };
const v2023 = (overrides: Json = {}): string =>
  JSON.stringify({
    hashAlg: 'xxh128',
    manifestVersion: '2023-03-03',
    paths: [entry],
    totalSize: 1,
    ...overrides,
  });

const file = { hash: 'aa', mtime: 1, name: 'a', size: 1 };
const document2025 = { dirs: [], files: [file], hashAlg: 'xxh128', totalSize: 1 };
const beta = (overrides: Json = {}): string =>
  JSON.stringify({ ...document2025, manifestVersion: '2025-12-04-beta', ...overrides });
const v2025 = (overrides: Json = {}): string =>
  JSON.stringify({
    ...document2025,
    specificationVersion: 'relative-manifest-snapshot-beta-2025-12',
    ...overrides,
  });
const diff = (overrides: Json = {}): string =>
  v2025({ specificationVersion: 'relative-manifest-diff-beta-2025-12', ...overrides });
const absolute = (overrides: Json = {}): string =>
  v2025({ specificationVersion: 'absolute-manifest-snapshot-beta-2025-12', ...overrides });

/** A member whose number is written as `text`. */
const numbered = (text: string): string =>
  v2023({ paths: [{ ...entry, mtime: 0 }] }).replace('"mtime":0', `"mtime":${text}`);

const link = (target: unknown): Json => ({ name: 'l', symlink: { name: target } });
const dirs = (...names: string[]): Json[] => names.map((name) => ({ name }));

function expectCode(source: string | Uint8Array, code: string): void {
  expect(() => decodeManifest(source)).toThrowError(ManifestError);
  expect(() => decodeManifest(source)).toThrowError(expect.objectContaining({ code }));
}

describe('versions', () => {
  it.each<[string, string, ManifestVersion]>([
    ['2023-03-03', v2023(), 'v2023-03-03'],
    ['2025-12-04-beta', beta(), 'v2025-12-04-beta'],
    ['a kind', v2025(), 'v2025-12'],
    ['2025-12 without a kind', JSON.stringify({ ...document2025, manifestVersion: '2025-12' }), 'v2025-12'],
    ['both members', beta({ specificationVersion: 'anything' }), 'v2025-12-04-beta'],
  ])('%s', (_, text, version) => {
    expect(detectVersion(text)).toBe(version);
    expect(detectVersion(Buffer.from(text))).toBe(version);
    expect(decodeManifest(text).version).toBe(version);
    expect(decodeManifest(text, { expect: [version] }).version).toBe(version);
    expect(() => decodeManifest(text, { expect: [] })).toThrowError(
      expect.objectContaining({ code: 'UNKNOWN_VERSION', message: expect.stringContaining(version) }),
    );
  });

  it.each([
    'v2023-03-03',
    '2025-12-04',
    'UNDEFINED',
    '',
    null,
    20230303,
    true,
    ['2023-03-03'],
    '__proto__',
    'constructor',
  ])('refuses manifestVersion %j', (value) => {
    expectCode(v2023({ manifestVersion: value }), 'UNKNOWN_VERSION');
  });

  it.each([
    'relative-manifest-snapshot-2025-12',
    'relative-snapshot-manifest-beta-2025-12',
    null,
    5,
    'toString',
  ])('refuses specificationVersion %j', (value) => {
    expectCode(v2025({ specificationVersion: value }), 'UNKNOWN_VERSION');
    expectCode(v2025({ manifestVersion: '2025-12', specificationVersion: value }), 'UNKNOWN_VERSION');
  });

  it('takes the kind of the intermediate form where it is there', () => {
    const kind = 'absolute-manifest-diff-beta-2025-12';
    const text = JSON.stringify({
      ...document2025,
      files: [],
      manifestVersion: '2025-12',
      specificationVersion: kind,
    });
    expect(decodeManifest(text)).toMatchObject({ pathStyle: 'absolute', type: 'diff' });
  });
});

describe('numbers', () => {
  it.each([
    ['0', 0],
    ['-0', 0],
    ['1.0', 1],
    ['1e2', 100],
    ['-1700000000000001', -1700000000000001],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['-9007199254740991', Number.MIN_SAFE_INTEGER],
  ])('reads %s', (text, value) => {
    const manifest = decodeManifest(numbered(text));
    expect(manifest).toMatchObject({ paths: [{ mtime: value }] });
    expect(manifest.version === 'v2023-03-03' && Object.is(manifest.paths[0]?.mtime, value)).toBe(true);
  });

  it.each([
    ['9007199254740992', 'UNSAFE_INTEGER'],
    ['-9007199254740993', 'UNSAFE_INTEGER'],
    ['253402300800000000', 'UNSAFE_INTEGER'],
    ['1e400', 'UNSAFE_INTEGER'],
    ['-1e400', 'UNSAFE_INTEGER'],
    ['1.5', 'SCHEMA'],
    ['true', 'SCHEMA'],
    ['"1"', 'SCHEMA'],
    ['null', 'SCHEMA'],
    ['[1]', 'SCHEMA'],
    ['NaN', 'INVALID_JSON'],
    ['Infinity', 'INVALID_JSON'],
    ['01', 'INVALID_JSON'],
    ['+1', 'INVALID_JSON'],
  ])('refuses %s', (text, code) => {
    expectCode(numbered(text), code);
  });
});

describe('hashes', () => {
  it.each(['a', 'A9', 'f'.repeat(31), 'f'.repeat(33), 'ABCDEF0123456789ABCDEF0123456789'])(
    'keeps %s',
    (hash) => {
      expect(decodeManifest(v2023({ paths: [{ ...entry, hash }] }))).toMatchObject({ paths: [{ hash }] });
      expect(decodeManifest(v2025({ files: [{ ...file, hash }] }))).toMatchObject({ files: [{ hash }] });
    },
  );

  it.each(['', '..', '../x', 'a\n', 'a b', '\uff11', 'a\0'])('refuses %j', (hash) => {
    expectCode(v2023({ paths: [{ ...entry, hash }] }), 'HASH_NOT_ALPHANUMERIC');
    expectCode(beta({ files: [{ ...file, hash }] }), 'HASH_NOT_ALPHANUMERIC');
  });
});

describe('names and references', () => {
  it.each<[string, Json[], string, string]>([
    ['$0', [], '$0', '$0'],
    ['$', [], '$', '$'],
    ['a literal with slashes', [], 'a/b', 'a/b'],
    ['$HOME/x', [], '$HOME/x', '$HOME/x'],
    ['$+0/x', dirs('d'), '$+0/x', '$+0/x'],
    ['$-1/x', dirs('d'), '$-1/x', '$-1/x'],
    ['leading zeros', dirs('d'), '$00/x', 'd/x'],
    ['a directory named $0', dirs('$0'), '$0/x', '$0/x'],
    ['nested references', dirs('a', '$0/b', '$1/c'), '$2/x', 'a/b/c/x'],
    ['a segment to resolve', dirs('a', '$0/b'), '$1/..', 'a'],
    ['prototype names', dirs('__proto__', '$0/constructor'), '$1/toString', '__proto__/constructor/toString'],
  ])('-beta reads %s', (_, list, name, path) => {
    const manifest = decodeManifest(beta({ dirs: list, files: [{ ...file, name }] }));
    expect(manifest).toMatchObject({ files: [{ path }] });
  });

  it.each([
    ['$0/x', []],
    ['$1/x', dirs('d')],
    ['$99999999999999999999/x', dirs('d')],
    ['$0/', dirs('d')],
    ['$0/a/b', dirs('d')],
    ['$0//a', dirs('d')],
  ])('refuses %s', (name, list) => {
    expectCode(beta({ dirs: list, files: [{ ...file, name }] }), 'INVALID_REFERENCE');
    expectCode(v2025({ dirs: list, files: [{ ...file, name }] }), 'INVALID_REFERENCE');
  });

  it.each(['a/b', '$HOME/x', '$-1/x', '//a', '/a/b'])('2025-12 refuses the literal %s', (name) => {
    expectCode(v2025({ files: [{ ...file, name }] }), 'INVALID_REFERENCE');
  });

  it('lets a directory refer only to those before it, files to any', () => {
    expectCode(beta({ dirs: dirs('$1/a', 'b') }), 'INVALID_REFERENCE');
    expectCode(beta({ dirs: dirs('$0/a') }), 'INVALID_REFERENCE');
    expect(decodeManifest(beta({ dirs: dirs('z', 'a'), files: [{ ...file, name: '$1/x' }] }))).toMatchObject({
      files: [{ path: 'a/x' }],
    });
  });

  it('bounds what a chain of references expands to', () => {
    const chain = (length: number): Json[] =>
      Array.from({ length }, (_, index) => ({ name: index === 0 ? 'abcdefg' : `$${index - 1}/abcdefg` }));
    const longest = decodeManifest(beta({ dirs: chain(4096), files: [] }));
    expect('dirs' in longest && longest.dirs.at(-1)?.path.length).toBe(4096 * 8 - 1);
    expectCode(beta({ dirs: chain(4097), files: [] }), 'INVALID_PATH');
  });

  it('keeps a thousand nested directories through a round trip', () => {
    const list = Array.from({ length: 1000 }, (_, index) => ({
      name: index === 0 ? 'd' : `$${index - 1}/d`,
    }));
    const manifest = decodeManifest(v2025({ dirs: list, files: [{ ...file, name: '$999/x' }] }));
    expect(decodeManifest(encodeManifest(manifest))).toEqual(manifest);
  });
});

describe('paths', () => {
  it.each(['', '.', '..', '../x', 'a/../..', '\0', 'x\0y'])('-beta refuses the path %j', (name) => {
    expectCode(beta({ files: [{ ...file, name }] }), 'INVALID_PATH');
    expectCode(beta({ dirs: [{ name }] }), 'INVALID_PATH');
  });

  it.each(['/a', 'C:', 'c:/x', 'a/../C:/x', '//srv/s'])('-beta refuses the absolute path %j', (name) => {
    expectCode(beta({ files: [{ ...file, name }] }), 'PATH_STYLE');
  });

  it.each(['a', '.', '..', 'C:x'])('an absolute manifest refuses %j', (name) => {
    expectCode(absolute({ files: [{ ...file, name }] }), 'PATH_STYLE');
  });

  it('an absolute manifest reads roots, drives and shares', () => {
    const list = dirs('/', '$0/srv', '$1/share', 'C:');
    const files = [
      { ...file, name: '$2/f' },
      { ...file, name: '$3/f' },
      { ...file, name: '/f' },
    ];
    const manifest = decodeManifest(absolute({ dirs: list, files }));
    expect(manifest).toMatchObject({
      dirs: [{ path: '/' }, { path: '//srv' }, { path: '//srv/share' }, { path: 'C:' }],
      files: [{ path: '//srv/share/f' }, { path: 'C:/f' }, { path: '/f' }],
    });
    expect(decodeManifest(encodeManifest(manifest))).toMatchObject({
      dirs: list.map(() => expect.anything()),
    });
  });

  it('2023 paths are taken as they are', () => {
    const paths = ['', '/abs', '../x', 'a//b', '.', '\0', 'a\\b', '\ud800'].map((path) => ({
      ...entry,
      path,
    }));
    expect(decodeManifest(v2023({ paths }))).toMatchObject({ paths });
  });
});

describe('links', () => {
  it.each(['t', '..foo', '.', 'a/../t', 'T:12'])('reads the target %j', (target) => {
    expect(decodeManifest(beta({ files: [link(target)] }))).toMatchObject({ files: [{ path: 'l' }] });
  });

  it.each(['', '..', '../t', 'a/../../t', '/t', '//srv/t', 'C:', 'C:/t', 'C:\\t', '\\\\srv\\t', 'a/../C:/t'])(
    'refuses the target %j',
    (target) => {
      expectCode(beta({ files: [link(target)] }), 'SYMLINK_TARGET');
    },
  );

  it('refuses a target that leaves the root from below it too', () => {
    expectCode(
      beta({ dirs: dirs('d'), files: [{ name: '$0/l', symlink: { name: '../t' } }] }),
      'SYMLINK_TARGET',
    );
  });

  it('refuses a relative target in an absolute manifest', () => {
    expectCode(absolute({ files: [{ name: '/l', symlink: { name: 't' } }] }), 'PATH_STYLE');
  });

  it('ignores size and time of a link', () => {
    const manifest = decodeManifest(beta({ files: [{ ...link('t'), size: 5, mtime: 'x' }] }));
    expect(manifest).toMatchObject({ files: [{ path: 'l', symlinkTarget: 't' }] });
  });
});

describe('spellings', () => {
  it('reads path, deleted, symlink.target and symlink_target', () => {
    const files = [
      { path: 'x/y', deleted: true },
      { path: 'l', symlink: { target: 'q/t' } },
      { path: 'm', symlink_target: 'q/t' },
      { path: '$0/n', hash: 'aa', size: 1, mtime: 1, deleted: false },
    ];
    expect(decodeManifest(diff({ dirs: [{ path: 'q', deleted: true }], files }))).toMatchObject({
      dirs: [{ path: 'q', deleted: true }],
      files: [
        { path: 'x/y', deleted: true },
        { path: 'l', symlinkTarget: 'q/t' },
        { path: 'm', symlinkTarget: 'q/t' },
        { path: 'q/n', hash: 'aa' },
      ],
    });
  });

  it.each<[string, Json]>([
    ['name and path', { ...file, path: 'a' }],
    ['delete and deleted', { name: 'a', delete: true, deleted: true }],
    ['symlink and symlink_target', { ...link('t'), symlink_target: 't' }],
    ['name and target in symlink', { name: 'l', symlink: { name: 't', target: 't' } }],
    ['symlink without a name', { name: 'l', symlink: {} }],
    ['symlink as text', { name: 'l', symlink: 't' }],
    ['symlink as array', { name: 'l', symlink: ['t'] }],
    ['symlink with a number', { name: 'l', symlink: { name: 1 } }],
    ['no name', { hash: 'aa', mtime: 1, size: 1 }],
    ['a number as name', { ...file, name: 1 }],
    ['delete as number', { name: 'a', delete: 1 }],
    ['runnable as false', { ...file, runnable: false }],
    ['hash as null', { ...file, hash: null }],
    ['chunkhashes as text', { name: 'a', chunkhashes: 'aa', mtime: 1, size: 1 }],
    ['a chunk hash that is no text', { name: 'a', chunkhashes: [1], mtime: 1, size: 1 }],
  ])('refuses %s', (_, broken) => {
    expectCode(diff({ files: [broken] }), 'SCHEMA');
    expectCode(beta({ parentManifestHash: 'aa', files: [broken] }), 'SCHEMA');
  });

  it.each([null, 5, 'text', [], [[]], true])('refuses %j as an entry', (broken) => {
    expectCode(v2023({ paths: [broken] }), 'SCHEMA');
    expectCode(beta({ files: [broken] }), 'SCHEMA');
    expectCode(beta({ dirs: [broken] }), 'SCHEMA');
  });
});

describe('entries', () => {
  it.each<[string, Json]>([
    ['hash and chunks', { ...file, chunkhashes: ['a'] }],
    ['hash and link', { ...file, symlink: { name: 't' } }],
    ['no size', { name: 'a', hash: 'aa', mtime: 1 }],
    ['no mtime', { name: 'a', hash: 'aa', size: 1 }],
    ['a deletion with a size', { name: 'a', delete: true, size: 0 }],
    ['a deletion with runnable', { name: 'a', delete: true, runnable: true }],
    ['a deletion with a link', { ...link('t'), delete: true }],
  ])('refuses %s', (_, broken) => {
    expectCode(diff({ files: [broken] }), 'INVALID_ENTRY');
  });

  it('2025-12 reads unhashed files, -beta does not', () => {
    const unhashed = { name: 'a', mtime: 1, size: 1 };
    expect(decodeManifest(v2025({ files: [unhashed] }))).toMatchObject({ files: [{ path: 'a', size: 1 }] });
    expectCode(beta({ files: [unhashed] }), 'INVALID_ENTRY');
  });

  it.each<[string, string, string]>([
    ['chunk size 0', v2025({ fileChunkSizeBytes: 0 }), 'SCHEMA'],
    ['chunk size -2', v2025({ fileChunkSizeBytes: -2 }), 'SCHEMA'],
    ['chunk size 1.5', v2025({ fileChunkSizeBytes: 1.5 }), 'SCHEMA'],
    ['chunk size null', v2025({ fileChunkSizeBytes: null }), 'SCHEMA'],
    ['chunk size 2^53', v2025({ fileChunkSizeBytes: 2 ** 53 }), 'UNSAFE_INTEGER'],
    ['an empty parent hash', diff({ parentManifestHash: '' }), 'SCHEMA'],
    ['a parent hash with a slash', diff({ parentManifestHash: 'a/b' }), 'SCHEMA'],
    ['a negative total', v2025({ totalSize: -1 }), 'SCHEMA'],
    ['a missing total', v2025({ totalSize: undefined }), 'SCHEMA'],
    ['an algorithm that is no text', v2025({ hashAlg: 5 }), 'SCHEMA'],
    ['another algorithm', v2025({ hashAlg: 'XXH128' }), 'UNSUPPORTED_HASH_ALGORITHM'],
    ['dirs as object', v2025({ dirs: {} }), 'SCHEMA'],
    ['a deletion in a snapshot', v2025({ dirs: [{ name: 'd', delete: true }] }), 'DELETION_IN_SNAPSHOT'],
  ])('refuses %s', (_, text, code) => {
    expectCode(text, code);
  });

  it.each([
    [268_435_455, 0],
    [268_435_456, 0],
    [268_435_457, 2],
    [629_145_600, 3],
    [Number.MAX_SAFE_INTEGER, 33_554_432],
  ])('a file of %i bytes has %i chunk hashes', (size, count) => {
    const chunked = (chunks: number): string =>
      `{"chunkhashes":["a"${',"a"'.repeat(chunks - 1)}],"mtime":1,"name":"v","size":${size}}`;
    const text = (chunks: number): string => beta({ files: ['@'] }).replace('"@"', chunked(chunks));
    expect(decodeManifest(beta({ files: [{ ...file, size }] }))).toMatchObject({ files: [{ size }] });
    expectCode(text(1), 'CHUNK_MISMATCH');
    if (count === 0 || count > 100) return;
    expect(decodeManifest(text(count))).toMatchObject({ files: [{ size }] });
    expectCode(text(count + 1), 'CHUNK_MISMATCH');
  });

  it('chunks of one byte', () => {
    const chunked = { name: 'v', chunkhashes: ['a', 'b', 'c'], mtime: 1, size: 3 };
    expect(decodeManifest(v2025({ fileChunkSizeBytes: 1, files: [chunked] }))).toMatchObject({
      fileChunkSizeBytes: 1,
    });
    expectCode(v2025({ fileChunkSizeBytes: -1, files: [chunked] }), 'CHUNK_MISMATCH');
  });
});

describe('duplicates and trees', () => {
  it('collapses what is the same', () => {
    const text = v2025({ dirs: dirs('d', 'd', 'd'), files: [file, { ...file }, { ...file, name: '$2/a' }] });
    expect(decodeManifest(text)).toMatchObject({
      dirs: [{ path: 'd' }],
      files: [{ path: 'a' }, { path: 'd/a' }],
    });
  });

  it.each<[string, string]>([
    ['files that differ', v2025({ files: [file, { ...file, mtime: 2 }] })],
    ['files of -beta that differ', beta({ files: [file, { ...file, hash: 'bb' }] })],
    ['deleted against live', diff({ files: [file, { name: 'a', delete: true }] })],
    ['directories that differ', diff({ dirs: [{ name: 'd' }, { name: 'd', delete: true }] })],
    ['a file below a file', v2025({ dirs: dirs('a'), files: [file, { ...file, name: '$0/b' }] })],
    ['a file below a link', beta({ files: [link('t'), { ...file, name: 'l/x/y' }] })],
    [
      'chunks that differ',
      v2025({
        fileChunkSizeBytes: 1,
        files: [
          ['a', 'b'],
          ['a', 'c'],
        ].map((chunkhashes) => ({ name: 'v', chunkhashes, mtime: 1, size: 2 })),
      }),
    ],
  ])('refuses %s', (_, text) => {
    expectCode(text, 'DUPLICATE_PATH');
  });

  it('a deletion and a live entry of the other kind may share a path', () => {
    const text = diff({
      dirs: dirs('d'),
      files: [
        { name: 'd', delete: true },
        { ...file, name: '$0/x' },
      ],
    });
    const manifest = decodeManifest(text);
    expect(manifest).toMatchObject({
      dirs: [{ path: 'd' }],
      files: [{ path: 'd', deleted: true }, { path: 'd/x' }],
    });
    expect(decodeManifest(encodeManifest(manifest))).toEqual(manifest);
  });
});

describe('text', () => {
  it('a deep array in an ignored member costs no stack', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(decodeManifest(v2023({ x: '@' }).replace('"@"', deep))).toMatchObject({ totalSize: 1 });
    expectCode(v2023({ paths: '@' }).replace('"@"', deep), 'SCHEMA');
    expectCode(beta({ files: '@' }).replace('"@"', `[${deep}]`), 'SCHEMA');
    expectCode(v2023({ x: '@' }).replace('"@"', '['.repeat(100_000)), 'INVALID_JSON');
  });

  it('__proto__ members are only members', () => {
    const hostile = '"__proto__":{"hash":"../x","path":"evil"}';
    const text = v2023()
      .replace('{"hash"', `{${hostile},"hash"`)
      .replace('{"hashAlg"', `{${hostile},"hashAlg"`);
    expect(decodeManifest(text)).toEqual(decodeManifest(v2023()));
    expectCode(`{"__proto__":${v2023()}}`, 'MISSING_VERSION');
    expectCode(v2023({ paths: ['@'] }).replace('"@"', `{"__proto__":${JSON.stringify(entry)}}`), 'SCHEMA');
  });

  it('of a member given twice the last one counts', () => {
    const text = v2023().replace('"path":"a"', '"path":"first","path":"second"');
    expect(decodeManifest(text)).toMatchObject({ paths: [{ path: 'second' }] });
  });

  it.each<[string, Uint8Array, string]>([
    ['a byte order mark', Buffer.from(`\ufeff${v2023()}`), 'INVALID_JSON'],
    ['UTF-16', Buffer.from(v2023(), 'utf16le'), 'INVALID_JSON'],
    ['UTF-16 with its mark', Buffer.from(`\ufeff${v2023()}`, 'utf16le'), 'INVALID_ENCODING'],
    [
      'a broken sequence',
      Buffer.from(v2023({ paths: [{ ...entry, path: '\xff' }] }), 'latin1'),
      'INVALID_ENCODING',
    ],
    [
      'a surrogate as UTF-8',
      Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"}')]),
      'INVALID_ENCODING',
    ],
    ['nothing', new Uint8Array(0), 'INVALID_JSON'],
  ])('refuses %s', (_, bytes, code) => {
    expectCode(bytes, code);
  });

  it('accepts raw and escaped spellings of one path', () => {
    const raw = decodeManifest(Buffer.from(v2023({ paths: [{ ...entry, path: 'é\u{1f600}\x7f' }] })));
    const escaped = decodeManifest(encodeManifest(raw));
    expect(escaped).toEqual(raw);
  });

  it('reads a view into a larger buffer', () => {
    const all = Buffer.from(`xx${v2023()}xx`);
    expect(decodeManifest(all.subarray(2, -2))).toEqual(decodeManifest(v2023()));
  });

  it('drops unknown members; the hash stays that of the original bytes', () => {
    const foreign = Buffer.from(v2023({ comment: 'hi' }));
    const again = encodeManifest(decodeManifest(foreign));
    expect(again).toEqual(encodeManifest(decodeManifest(v2023())));
    expect(xxh128(again)).not.toBe(xxh128(foreign));
  });

  it('names the entry and cuts long text in its message', () => {
    const path = 'p'.repeat(10_000);
    const decode = (): Manifest =>
      decodeManifest(v2023({ paths: [entry, { ...entry, path, hash: '?'.repeat(10_000) }] }));
    expect(decode).toThrowError(expect.objectContaining({ index: 1, path }));
    expect(decode).toThrowError(/^paths\[1\]\.hash \("p{200}\.\.\."\): .{0,300}$/);
  });
});

describe('manifestContentType', () => {
  it.each([
    [v2023(), 'application/x-deadline-manifest-2023-03-03'],
    [beta(), 'application/x-deadline-manifest-2025-12-04-beta'],
    [v2025(), 'application/x-deadline-manifest-2025-12-04-beta'],
    [diff(), 'application/x-deadline-manifest-diff-2025-12-04-beta'],
    [beta({ parentManifestHash: 'aa' }), 'application/x-deadline-manifest-diff-2025-12-04-beta'],
  ])('case %#', (text, type) => {
    expect(manifestContentType(decodeManifest(text))).toBe(type);
  });
});
