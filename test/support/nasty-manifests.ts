/** Random manifests with nasty names that can all be written, for property tests of the codec. */
import fc from 'fast-check';
import {
  DEFAULT_FILE_CHUNK_SIZE,
  type DirEntry,
  type FileEntry,
  type ManifestType,
  type ManifestV2023,
  type ManifestV2025,
  type PathStyle,
  type PathV2023,
  WHOLE_FILE,
} from '../../src/model/manifest.js';

const NASTY = [
  ...[
    '$0',
    '$',
    '$00',
    '$12',
    '$HOME',
    '__proto__',
    'constructor',
    'hasOwnProperty',
    '..a',
    '...',
    'C:x',
    'a-b',
  ],
  ...[
    '\u{1f600}',
    '\ufb00',
    'e\u0301',
    '\u00e9',
    '\ud800',
    '\udfff',
    '\x7f',
    '\u2028',
    '\ufeff',
    '"',
    '\\',
    '\n',
  ],
];
const character = fc.constantFrom(
  ...['a', 'b', '0', ' ', '"', '\\', '\x01', '\x7f', 'é', '\u{1f600}', '\ue000', '\udc00'],
);
const component = fc.oneof(
  fc.constantFrom(...NASTY),
  fc.string({ unit: character, minLength: 1, maxLength: 6 }),
);
const relativePath = fc.array(component, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
const hash = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 32, maxLength: 32 }),
  fc.constantFrom('A', 'zZ9'),
);
const size = fc.oneof(fc.nat(), fc.maxSafeNat());
const mtime = fc.oneof(fc.maxSafeInteger(), fc.constant(0));

const pathV2023: fc.Arbitrary<PathV2023> = fc.record({
  path: fc.oneof(relativePath, fc.string({ unit: 'binary' })),
  hash,
  size,
  mtime,
});

export const nastyV2023: fc.Arbitrary<ManifestV2023> = fc.record({
  version: fc.constant('v2023-03-03' as const),
  hashAlg: fc.constant('xxh128' as const),
  totalSize: fc.maxSafeNat(),
  paths: fc.array(pathV2023, { minLength: 1, maxLength: 30 }),
});

/** What the entries of one 2025 manifest have to fit. */
interface Shape {
  readonly version: ManifestV2025['version'];
  readonly pathStyle: PathStyle;
  readonly type: ManifestType;
  readonly fileChunkSizeBytes: number;
}

function shape(version: ManifestV2025['version']): fc.Arbitrary<Shape> {
  const isBeta = version === 'v2025-12-04-beta';
  const chunkSizes = isBeta ? [DEFAULT_FILE_CHUNK_SIZE] : [1, 7, 1024, DEFAULT_FILE_CHUNK_SIZE, WHOLE_FILE];
  return fc.record({
    version: fc.constant(version),
    pathStyle: fc.constantFrom<PathStyle>(
      ...(isBeta ? ['relative' as const] : ['relative' as const, 'absolute' as const]),
    ),
    type: fc.constantFrom<ManifestType>('snapshot', 'diff'),
    fileChunkSizeBytes: fc.constantFrom(...chunkSizes),
  });
}

/** Any 2025 manifest of `version`; entries that could not stand together are left out. */
export function nastyV2025(version: ManifestV2025['version']): fc.Arbitrary<ManifestV2025> {
  return shape(version).chain((chosen) =>
    fc
      .record({ totalSize: fc.maxSafeNat(), parent: parentHash(chosen), entries: entries(chosen) })
      .map(({ totalSize, parent, entries: { dirs, files } }) => ({
        ...chosen,
        hashAlg: 'xxh128' as const,
        totalSize,
        ...standingTogether(dirs, files),
        ...(parent !== undefined && { parentManifestHash: parent }),
      })),
  );
}

/** -beta: always on a diff, never on a snapshot. 2025-12: on either, or not. */
function parentHash({ version, type }: Shape): fc.Arbitrary<string | undefined> {
  if (version === 'v2025-12') return fc.option(hash, { nil: undefined });
  return type === 'diff' ? hash : fc.constant(undefined);
}

function entries(chosen: Shape): fc.Arbitrary<{ dirs: DirEntry[]; files: FileEntry[] }> {
  const root = chosen.pathStyle === 'absolute' ? fc.constantFrom('/', 'C:/', '//srv/') : fc.constant('');
  const path = fc.tuple(root, relativePath).map(([lead, rest]) => lead + rest);
  const deletions =
    chosen.type === 'diff' ? [path.map((name) => ({ path: name, deleted: true as const }))] : [];
  return fc.record({
    dirs: fc.array(
      fc.oneof(
        path.map((name) => ({ path: name })),
        ...deletions,
      ),
      { maxLength: 8 },
    ),
    files: fc.array(fc.oneof(...liveFiles(path, chosen), ...deletions), { maxLength: 15 }),
  });
}

function liveFiles(path: fc.Arbitrary<string>, chosen: Shape): fc.Arbitrary<FileEntry>[] {
  const link = fc.record({ path, symlinkTarget: path.filter(isTarget) });
  const whole = fc.record(
    { path, hash, size, mtime, runnable: fc.constant(true as const) },
    { requiredKeys: ['path', 'hash', 'size', 'mtime'] },
  );
  const kinds: fc.Arbitrary<FileEntry>[] = [link, whole];
  if (chosen.fileChunkSizeBytes !== WHOLE_FILE) kinds.push(chunked(path, chosen.fileChunkSizeBytes));
  if (chosen.version === 'v2025-12') kinds.push(fc.record({ path, size, mtime }));
  return kinds;
}

/** Windows spellings of absolute paths are refused as targets, though not as names. */
function isTarget(path: string): boolean {
  return !path.startsWith('\\\\') && !/^[A-Za-z]:\\/.test(path);
}

function chunked(path: fc.Arbitrary<string>, chunkSize: number): fc.Arbitrary<FileEntry> {
  const hashes = fc.array(hash, { minLength: 2, maxLength: 4 });
  return fc.tuple(path, hashes, mtime, fc.nat()).map(([name, chunkhashes, time, rest]) => ({
    path: name,
    chunkhashes,
    size: chunkSize * (chunkhashes.length - 1) + 1 + (rest % chunkSize),
    mtime: time,
  }));
}

/** The entries without duplicates, files below files and directories at or below files. */
function standingTogether(dirs: DirEntry[], files: FileEntry[]): { dirs: DirEntry[]; files: FileEntry[] } {
  const unique = <E extends { readonly path: string }>(list: E[]): E[] => [
    ...new Map(list.map((entry) => [entry.path, entry])).values(),
  ];
  const isBelowAny = (path: string): boolean => files.some((file) => path.startsWith(`${file.path}/`));
  const taken = new Set(files.map((file) => file.path));
  return {
    dirs: unique(dirs).filter(({ path }) => !taken.has(path) && !isBelowAny(path)),
    files: unique(files).filter(({ path }) => !isBelowAny(path)),
  };
}
