/** Manifests and stores that lie, through the command line: nothing of the target is touched before that is known. */
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { xxh128 } from '../../src/hashing/xxh128.js';
import { CLI, filesBelow, result, Sandbox } from '../support/cli.js';
import { noise, partFiles } from '../support/contents.js';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());
const MIB = 1024 * 1024;
const SMALL = Buffer.from('content');
const LARGE = noise(33 * MIB, 5);
const hash = xxh128(SMALL);

beforeAll(async () => {
  sandbox.tree('tree', { small: SMALL });
  expect((await sandbox.run(['submit', 'tree', '--store', 'store', '--json'])).code).toBe(0);
});

interface Entry {
  readonly path: string;
  readonly hash?: string;
  readonly size?: number;
  readonly mtime?: number;
}

let cases = 0;
/** Downloads a v2023-03-03 manifest of these entries into a directory that holds `old`. */
async function download(entries: readonly Entry[], store = 'store', ...flags: string[]) {
  cases += 1;
  const paths = entries.map((entry) => ({
    hash,
    mtime: 1_700_000_000_000_000,
    size: SMALL.length,
    ...entry,
  }));
  const manifest = sandbox.write(
    `m-${cases}`,
    JSON.stringify({ hashAlg: 'xxh128', manifestVersion: '2023-03-03', paths, totalSize: 1 }),
  );
  const target = sandbox.tree(`target-${cases}`, { old: 'old' });
  const args = ['attachment', 'download', '-m', manifest, '--store', store, '--json=envelope'];
  const done = await sandbox.run([...args, '--destination', target, ...flags]);
  return { ...done, error: JSON.parse(done.stdout).error, target };
}

describe('a manifest', () => {
  it.each<[string, string]>([
    ['../x', 'PathOutsideRoot'],
    ['d/../../x', 'PathOutsideRoot'],
    ['..', 'PathOutsideRoot'],
    ['/etc/x', 'PathOutsideRoot'],
    ['C:\\x', 'PathOutsideRoot'],
    ['\\x', 'PathOutsideRoot'],
    ['a//b', 'PathOutsideRoot'],
    ['a\0b', 'PathOutsideRoot'],
    ['x'.repeat(256), 'PathTooLong'],
    ['\ud800', 'InvalidPath'],
  ])('with the path %j is %s, and its good entries are not written either', async (path, code) => {
    const { code: exit, error, target, stderr } = await download([{ path: 'good' }, { path }]);
    expect([exit, error.code]).toEqual([1, code]);
    expect(stderr).toMatch(/^Error: [^\n]+\n$/);
    expect(filesBelow(target)).toEqual({ old: 'old' });
    expect(existsSync(sandbox.join('x'))).toBe(false);
  });

  it('with one path twice writes the last, once', async () => {
    const { code, target } = await download([{ path: 'a', hash: 'f'.repeat(32) }, { path: 'a' }]);
    expect([code, filesBelow(target)]).toEqual([0, { a: 'content', old: 'old' }]);
  });

  it('with a file below a file is refused before anything is written', async () => {
    const { error, target } = await download([{ path: 'a' }, { path: 'a/b' }]);
    expect(error.code).toBe('ManifestInvalid');
    expect(filesBelow(target)).toEqual({ old: 'old' });
  });

  it('with another total than that of its files is taken, as Python takes it', async () => {
    const { code, target } = await download([{ path: 'a' }]);
    expect([code, filesBelow(target)]).toEqual([0, { a: 'content', old: 'old' }]);
  });

  it.each<[string, object]>([
    ['too few', { chunkhashes: [hash, hash] }],
    ['too many', { chunkhashes: [hash, hash, hash, hash] }],
  ])('with %s chunks for a file is refused before anything is written', async (_what, digests) => {
    const document = {
      ...{ specificationVersion: 'relative-manifest-snapshot-2025-12', hashAlg: 'xxh128', dirs: [] },
      ...{ fileChunkSizeBytes: 1000, totalSize: 2500 },
      files: [{ path: 'f', size: 2500, mtime: 1, ...digests }],
    };
    const manifest = sandbox.write('chunks', JSON.stringify(document));
    const args = ['attachment', 'download', '-m', manifest, '--store', 'store', '--destination', 'no-target'];
    const { code, stdout } = await sandbox.run([...args, '--json=envelope']);
    expect([code, JSON.parse(stdout).error.code]).toEqual([1, 'ManifestInvalid']);
    expect(existsSync(sandbox.join('no-target'))).toBe(false);
  });

  it('for a destination that is a file is refused', async () => {
    const file = sandbox.write('a file', 'mine');
    const { code, error } = await download([{ path: 'a' }], 'store', '--destination', file);
    expect([code, error.code]).toEqual([1, 'LocalIo']);
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });
});

describe.each([
  ['small', SMALL],
  ['fetched in ranges', LARGE],
])('a stored object (%s)', (_size, content) => {
  const damages: [string, string, (object: string) => void][] = [
    ['truncated', 'SizeMismatch', (object) => truncateSync(object, content.length - 1)],
    ['emptied', 'SizeMismatch', (object) => truncateSync(object, 0)],
    ['longer', 'SizeMismatch', (object) => appendFileSync(object, 'x')],
    ['removed', 'NotFound', (object) => rmSync(object)],
    [
      'altered',
      'HashMismatch',
      (object) => {
        const bytes = Buffer.from(content);
        bytes[bytes.length - 2] = (bytes.at(-2) ?? 0) ^ 1;
        writeFileSync(object, bytes);
      },
    ],
  ];

  it.each(damages)('that is %s is %s, and the target stays as it was', async (what, code, damage) => {
    const store = `store-${what}-${content.length}`;
    const digest = xxh128(content);
    sandbox.tree(`tree-${store}`, { file: content });
    await sandbox.run(['submit', `tree-${store}`, '--store', store, '--json']);
    const object = sandbox.join(store, 'Data', `${digest}.xxh128`);
    damage(object);
    const entry = { path: 'old', hash: digest, size: content.length };
    const flags = ['--conflict-resolution', 'overwrite'];
    const { code: exit, error, target } = await download([entry], store, ...flags);
    expect([exit, error.code]).toEqual([1, code]);
    expect(error.message).toContain(JSON.stringify(object));
    expect(error.message).toContain('"old"');
    expect(`${error.message} ${error.details.hint}`).toMatch(/(?:submit|store) the files? again/);
    expect(filesBelow(target)).toEqual({ old: 'old' });
    expect(readdirSync(target)).toEqual(['old']);
  });
});

it.each([
  ['SKIP', (names: readonly string[]) => expect(names).toHaveLength(1)],
  ['OVERWRITE', (names: readonly string[]) => expect(names).toHaveLength(1)],
  ['CREATE_COPY', (names: readonly string[]) => expect(names).toHaveLength(20)],
] as const)(
  'twenty processes that download at once with %s leave whole files only',
  async (mode, check) => {
    const manifest = sandbox.write(
      `race-${mode}`,
      JSON.stringify({
        ...{ hashAlg: 'xxh128', manifestVersion: '2023-03-03', totalSize: 7 },
        paths: [{ hash, mtime: 1, path: 'd/shot.exr', size: SMALL.length }],
      }),
    );
    const args = [
      'attachment',
      'download',
      '-m',
      manifest,
      '--store',
      'store',
      '--destination',
      `out-${mode}`,
    ];
    const children = Array.from({ length: 20 }, () => sandbox.run([...args, '--conflict-resolution', mode]));
    for (const { code, stderr } of await Promise.all(children))
      expect({ code, stderr }).toMatchObject({ code: 0 });
    const files = filesBelow(sandbox.join(`out-${mode}`));
    check(Object.keys(files));
    expect(new Set(Object.values(files))).toEqual(new Set(['content']));
    expect(partFiles(sandbox.join(`out-${mode}`))).toEqual([]);
  },
  180_000,
);

/** A limit on what a process may write takes the place of a full volume where none can be mounted. */
describe('a disk that takes no more (by a file size limit of the process)', () => {
  const limited = (command: string) =>
    result(sandbox.spawn('bash', ['-c', `ulimit -f 256; ${command}`], { env: {} }));

  it('ends a submission with NoSpace, without manifest and leftovers in the store', async () => {
    sandbox.tree('larger', { large: noise(2 * MIB, 3), small: 'x' });
    const submit = ['submit', 'larger', '--store', 'limited', '--json'];
    const { code, stdout } = await limited(`exec ${cli(submit)}`);
    expect([code, JSON.parse(stdout).error.code]).toEqual([1, 'NoSpace']);
    expect(existsSync(sandbox.join('limited/Manifests'))).toBe(false);
    expect(partFiles(sandbox.join('limited'))).toEqual([]);
    expect((await sandbox.run(submit)).code).toBe(0);
  });

  it('ends a download with NoSpace, and no temporary file stays', async () => {
    const content = noise(2 * MIB, 4);
    sandbox.tree('larger2', { large: content });
    await sandbox.run(['submit', 'larger2', '--store', 'roomy', '--json']);
    const paths = [{ hash: xxh128(content), mtime: 1, path: 'large', size: content.length }];
    const manifest = sandbox.write(
      'm-large',
      JSON.stringify({ hashAlg: 'xxh128', manifestVersion: '2023-03-03', paths, totalSize: 1 }),
    );
    const target = sandbox.tree('limited-target', { large: 'old' });
    const download = ['attachment', 'download', '-m', manifest, '--store', 'roomy', '--destination', target];
    const flags = ['--json=envelope', '--conflict-resolution', 'overwrite'];
    const { code, stdout } = await limited(`exec ${cli([...download, ...flags])}`);
    expect([code, JSON.parse(stdout).error.code]).toEqual([1, 'NoSpace']);
    expect(filesBelow(target)).toEqual({ large: 'old' });
  });
});

function cli(args: readonly string[]): string {
  return [process.execPath, CLI, ...args].map((word) => `'${word}'`).join(' ');
}
