/** A tree for two programs that must agree: names, links, times and sizes on which they could differ. */
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  openSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { floorMicroseconds } from '../../src/model/file-item.js';
import { noise } from './contents.js';
import { peer } from './peers.js';

const MIB = 1 << 20;

/** Names that one of escaping, sorting, normalising or quoting could get wrong. */
export const AWKWARD_NAMES: readonly string[] = [
  ' leading and trailing ',
  '-rf',
  '.hidden',
  '..dots..',
  '~',
  'T:12',
  'back\\slash',
  'new\nline\ttab',
  'control \u0001\u007f',
  `quotes ' " \` $HOME`,
  'a&b=c;d?e#f%41+g',
  '[glob]*{x}',
  'Caf\u00e9 nfc',
  'Cafe\u0301 nfd',
  'größe 世界',
  'emoji 🎬👩‍🚀',
  // Ordered one way by UTF-16 units, the other way by code points.
  '\ue000 private',
  '\ufffd replacement',
  '𝒳 astral',
  // As long as Python can restore it: its temporary name is nine bytes longer.
  `${'long'.repeat(59)}.ext`,
];

/** Nanoseconds since the epoch: no fraction, a tick before a second, one that rounds up to a second, before 1970. */
const EDGE_TIMES: readonly bigint[] = [
  1_700_000_000_000_000_000n,
  1_700_000_000_999_999_000n,
  1_700_000_000_999_999_600n,
  1_700_000_000_000_000_500n,
  1_700_000_000_000_001_500n,
  1_700_000_000_123_456_789n,
  -1_500_000_000n,
];
/** Beyond 32 bits of seconds. */
const FUTURE_TIME = 4_102_444_800_654_321_098n;

export interface InteropTree {
  readonly root: string;
  /** Files and links to files: what a manifest lists. */
  readonly files: readonly string[];
  /** How many different contents they have. */
  readonly contents: number;
}

export interface InteropTreeOptions {
  /** Adds one file of that size, mostly a hole. */
  readonly largeBytes?: number;
  /** Gives one file a time that has not come yet; our hash cache never remembers such a file. */
  readonly future?: boolean;
}

/** Writes the tree below `folder`. */
export function interopTree(folder: string, options: InteropTreeOptions = {}): InteropTree {
  const { largeBytes = 0, future = false } = options;
  const root = join(folder, 'root');
  const written = new Map<string, Buffer>();
  for (const [index, name] of AWKWARD_NAMES.entries()) {
    written.set(name, noise(100 + index, index));
    written.set(`awkward/${name}/${name}`, noise(1_000 + index, index));
  }
  for (let index = 0; index < 40; index += 1)
    written.set(`flat/${index}.bin`, noise(index * 307, 100 + index));
  for (let index = 0; index < 10; index += 1) written.set(`copies/${index}/same.bin`, noise(5_000, 7));
  written.set('empty', Buffer.alloc(0));
  written.set('copies/empty too', Buffer.alloc(0));
  // Around the sizes at which Python sends in parts and we do not.
  for (const [name, size] of [
    ['under', 8 * MIB - 1],
    ['at', 8 * MIB],
    ['over', 8 * MIB + 1],
  ] as const)
    written.set(`parts/${name}`, noise(size, size % 97));
  for (const [path, content] of written) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  const large = largeBytes > 0 ? ['parts/large'] : [];
  for (const path of large) writeSparse(join(root, path), largeBytes);
  const links = linksIn(root, folder);
  const files = [...written.keys(), ...large, ...links];
  setTimes(root, files, future ? [...EDGE_TIMES, FUTURE_TIME] : EDGE_TIMES);
  const different = new Set([...written.values(), OUTSIDE].map((content) => content.toString('latin1')));
  return { root, files, contents: different.size + large.length };
}

const OUTSIDE = Buffer.from('outside of the root');

/** Links to files count as files, also from the root to outside; others are in no manifest of 2023. */
function linksIn(root: string, folder: string): string[] {
  writeFileSync(join(folder, 'outside'), OUTSIDE);
  symlinkSync('flat/3.bin', join(root, 'link to a file'));
  symlinkSync('../link to a file', join(root, 'flat/link to a link'));
  symlinkSync(join(folder, 'outside'), join(root, 'link to outside'));
  symlinkSync('flat', join(root, 'link to a directory'));
  symlinkSync('nowhere', join(root, 'link to nothing'));
  mkdirSync(join(root, 'empty directory'));
  return ['link to a file', 'flat/link to a link', 'link to outside'];
}

function writeSparse(path: string, size: number): void {
  const file = openSync(path, 'w');
  for (let at = 0; at + 4096 <= size; at += 32 * MIB) writeSync(file, noise(4096, at), 0, 4096, at);
  closeSync(file);
  truncateSync(path, size);
}

/** Node sets times from doubles, which cannot hold nanoseconds. Times are old, so that no cache finds the files too young. */
function setTimes(root: string, files: readonly string[], edges: readonly bigint[]): void {
  const times = files.map((path, index) => [
    join(root, path),
    String(edges[index] ?? 1_600_000_000_000_000_000n + BigInt(index) * 987_654_321_987n),
  ]);
  const script = `
import json, os, sys
for path, time in json.load(sys.stdin): os.utime(path, ns=(int(time), int(time)))`;
  execFileSync(peer('python'), ['-c', script], { input: JSON.stringify(times) });
}

/** Microseconds since the epoch, as manifests hold them; of a link, its target's. */
export function mtimeOf(path: string): number {
  return floorMicroseconds(statSync(path, { bigint: true }).mtimeNs);
}
