/** What a submission asks the disk, answered at once: kinds, sizes, real paths, placeholders of the fixtures. */
import { lstatSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { xxh128 } from '../../src/hashing/xxh128.js';
import type { AssetUploadGroup, InputFacts } from '../../src/model/asset-groups.js';

/** As the fixtures write a value that the test fills in. */
const ROOT = ['$', '{ROOT}'].join('');
const DIGEST = /\$\{XXH128:([^}]*)\}/g;

/** `value` with every placeholder replaced, also inside. */
export function filledIn<T>(value: T, root: string): T {
  const text = JSON.stringify(value ?? null).replaceAll(ROOT, JSON.stringify(root).slice(1, -1));
  const filled = text.replace(DIGEST, (_, name: string) => xxh128(Buffer.from(name, 'utf8')));
  return value === undefined ? value : (JSON.parse(filled) as T);
}

/** What `path` names, links followed. */
export function factsOnDisk(path: string): InputFacts {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return { kind: 'missing' };
  if (found.isDirectory()) return { kind: 'directory' };
  return found.isFile() ? { kind: 'file', size: found.size } : { kind: 'special' };
}

/** `path` with its links resolved as far as it exists. */
export function realPathOnDisk(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
    const parent = dirname(path);
    if (isLink) return realPathOnDisk(resolve(parent, readlinkSync(path)));
    return parent === path ? path : join(realPathOnDisk(parent), basename(path));
  }
}

/** Groups as the fixtures list them. */
export function listedGroups({ assetGroups }: AssetUploadGroup): object[] {
  return assetGroups.map(({ fileSystemLocationName = null, rootPath, inputs, outputs, references }) => ({
    fileSystemLocationName,
    rootPath,
    inputs: [...inputs].sort(),
    outputs: [...outputs].sort(),
    references: [...references].sort(),
  }));
}
