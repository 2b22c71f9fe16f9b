/** Random trees on the disk, and what must be the same of two of them. */
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import fc from 'fast-check';
import { xxh128 } from '../../src/hashing/xxh128.js';
import { floorMicroseconds } from '../../src/model/file-item.js';
import { noise } from './contents.js';

export interface RandomFile {
  readonly path: string;
  readonly size: number;
  /** Equal seeds are equal contents. */
  readonly seed: number;
  readonly runnable: boolean;
  /** Microseconds. */
  readonly mtime: number;
}

export interface RandomTree {
  readonly files: readonly RandomFile[];
  readonly emptyDirs: readonly string[];
  /** Link path, and which file or directory it leads to. */
  readonly links: readonly (readonly [path: string, target: number])[];
}

const name = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    'A',
    'ä',
    'a\u0308',
    '😀',
    ' x',
    '-rf',
    '.hidden',
    'new\nline',
    'q\'uo"te',
    'x'.repeat(255),
  ),
  fc
    .string({ unit: fc.constantFrom(...'abcdefXYZ._ '), minLength: 1, maxLength: 12 })
    .filter((text) => !/^\.\.?$/.test(text)),
);
const directory = fc.array(name, { maxLength: 3 }).map((parts) => parts.join('/'));
const size = fc.oneof(
  fc.constantFrom(0, 1, 999, 1000, 1001, 2000, 4096, 100_000),
  fc.integer({ min: 0, max: 5000 }),
);

/** Directories and files never share a name: directories end in `.d`, files in `.f`, links in `.l`. */
const below = (folder: string, leaf: string, suffix: string): string =>
  [
    ...folder
      .split('/')
      .filter(Boolean)
      .map((part) => `${part.slice(0, 120)}.d`),
    `${leaf.slice(0, 120)}${suffix}`,
  ].join('/');

export const randomTree: fc.Arbitrary<RandomTree> = fc.record({
  files: fc.uniqueArray(
    fc.record({
      path: fc.tuple(directory, name).map(([folder, leaf]) => below(folder, leaf, '.f')),
      size,
      seed: fc.integer({ min: 0, max: 4 }),
      runnable: fc.boolean(),
      mtime: fc.integer({ min: -1_000_000_000_000, max: 4_000_000_000_000_000 }),
    }),
    { selector: ({ path }) => path, minLength: 1, maxLength: 25 },
  ),
  emptyDirs: fc.uniqueArray(
    fc.tuple(directory, name).map(([folder, leaf]) => below(folder, leaf, '.d')),
    { maxLength: 4 },
  ),
  links: fc.uniqueArray(
    fc.tuple(
      fc.tuple(directory, name).map(([folder, leaf]) => below(folder, leaf, '.l')),
      fc.nat(),
    ),
    { selector: ([path]) => path, maxLength: 5 },
  ),
});

export function makeTree(root: string, { files, emptyDirs, links }: RandomTree): void {
  mkdirSync(root, { recursive: true });
  for (const path of emptyDirs) mkdirSync(join(root, path), { recursive: true });
  for (const { path, size: length, seed, runnable, mtime } of files) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, noise(length, seed));
    chmodSync(file, runnable ? 0o755 : 0o644);
    const seconds = mtime < 0 ? String((mtime - 0.5) / 1e6) : (mtime + 0.5) / 1e6;
    utimesSync(file, seconds, seconds);
  }
  for (const [path, choice] of links) {
    const file = files[choice % files.length] as RandomFile;
    const target = choice % 3 === 0 ? dirname(file.path) : file.path;
    mkdirSync(dirname(join(root, path)), { recursive: true });
    symlinkSync(relative(dirname(path), target) || '.', join(root, path));
  }
}

/** One line per entry: kind, and what its kind promises to keep. Links are not followed. */
export function describeTree(
  root: string,
  keep: { readonly modes: boolean; readonly structure: boolean },
  below = '',
): string[] {
  const names = readdirSync(join(root, below)).sort();
  return names.flatMap((leaf) => {
    const path = below === '' ? leaf : `${below}/${leaf}`;
    const file = join(root, path);
    const stat = lstatSync(file, { bigint: true });
    if (stat.isSymbolicLink()) return keep.structure ? [`link ${path} ${readlinkSync(file)}`] : [];
    if (stat.isDirectory()) {
      return [...(keep.structure ? [`directory ${path}`] : []), ...describeTree(root, keep, path)];
    }
    const mode = keep.modes ? (Number(stat.mode) & 0o777).toString(8) : '';
    return [`file ${path} ${xxh128(readFileSync(file))} ${floorMicroseconds(stat.mtimeNs)} ${mode}`];
  });
}
