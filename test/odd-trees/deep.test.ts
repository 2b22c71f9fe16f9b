/** Trees as deep as a path of the system may be long, and deeper: the former come through whole, the latter are `PathTooLong`. */
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { downloadManifestContents } from '../../src/presets/contents.js';
import { createManifest } from '../../src/presets/create-manifest.js';
import { diffDirectory } from '../../src/presets/diff-directory.js';
import { submitBundleAttachments } from '../../src/presets/submit-bundle-attachments.js';
import { submitTree } from '../../src/presets/submit-tree.js';
import { Sandbox } from '../support/cli.js';
import { testStore } from '../support/contents.js';
import { keysIn, manifestIn, paths, referring } from '../support/edge-cases.js';
import { plantTree } from '../support/tree-on-disk.js';
import { treeRoots } from '../support/walk.js';

const fresh = treeRoots('deep');
const sandbox = new Sandbox();
const planted: string[] = [];
afterAll(() => {
  execFileSync('rm', ['-rf', ...planted]); // Node cannot remove paths that are too long
  sandbox.remove();
});

/** Bytes of a path, without the NUL at its end. */
const PATH_MAX_BYTES = 4095;

/**
 * A root in which a file lies so deep that its absolute path has `bytes` bytes. A process of its own makes it level by
 * level, so that no path is too long to make.
 */
function deep(bytes: number, name: string): { readonly root: string; readonly leaf: string } {
  const root = plantTree(fresh(), [{ path: 'top', type: 'file', content: 'top' }]);
  planted.push(root);
  const left = bytes - Buffer.byteLength(root) - 1; // of the path below the root
  const step = Buffer.byteLength(name) + 1;
  const levels = Math.floor((left - 1) / step);
  const leaf = 'f'.repeat(left - levels * step);
  const script = `
    const fs = require('node:fs');
    const [root, name, levels, leaf] = process.argv.slice(1);
    process.chdir(root);
    for (let level = 0; level < Number(levels); level += 1) { fs.mkdirSync(name); process.chdir(name); }
    fs.writeFileSync(leaf, 'deep');
  `;
  const { status, stderr } = spawnSync(process.execPath, ['-e', script, root, name, String(levels), leaf], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return { root, leaf: `${`${name}/`.repeat(levels)}${leaf}` };
}

const NAMES: readonly (readonly [string, string])[] = [
  ['two thousand levels', 'd'],
  ['few levels of long names', 'n'.repeat(200)],
  ['names of three bytes a character', '\u20ac'.repeat(60)],
];

describe.each(NAMES)('%s', (_what, name) => {
  it('as deep as a path may be: snapshot, submission, download and comparison', async () => {
    const { root, leaf } = deep(PATH_MAX_BYTES, name);
    expect(Buffer.byteLength(join(root, leaf))).toBe(PATH_MAX_BYTES);
    expect(paths(await createManifest({ root })).sort()).toEqual([leaf, 'top'].sort());
    const store = testStore();
    const { manifestKey } = await submitTree({ root, store });
    const manifest = await manifestIn(store, manifestKey);
    expect(paths(manifest).sort()).toEqual([leaf, 'top'].sort());
    const { added, modified, deleted } = await diffDirectory({ root, manifest, forceRehash: true });
    expect([added, modified, deleted]).toEqual([[], [], []]);
    const request = referring({ inputDirectories: [root] });
    expect((await submitBundleAttachments(request)).groups.totalInputFiles).toBe(2);
  });

  it('one byte deeper: PathTooLong that names the path, nothing stored, no crash', async () => {
    const { root } = deep(PATH_MAX_BYTES + 1, name);
    const store = testStore();
    const refused = { code: 'PathTooLong', path: expect.stringContaining(root) };
    await expect(createManifest({ root })).rejects.toMatchObject(refused);
    await expect(submitTree({ root, store })).rejects.toMatchObject(refused);
    await expect(
      submitBundleAttachments({ ...referring({ inputDirectories: [root] }), store }),
    ).rejects.toMatchObject(refused);
    expect((await keysIn(store)).filter((key) => key.includes('/Manifests/'))).toEqual([]);
  });

  it('much deeper than any path may be: PathTooLong as well, also by the command', async () => {
    const { root } = deep(2 * PATH_MAX_BYTES, name);
    await expect(createManifest({ root })).rejects.toMatchObject({ code: 'PathTooLong' });
    const { code, stdout } = await sandbox.run(['submit', root, '--store', 'store', '--json']);
    expect([code, JSON.parse(stdout).error.code]).toEqual([1, 'PathTooLong']);
  });

  it('comes back below a root that leaves room for a temporary name', async () => {
    const { root, leaf } = deep(PATH_MAX_BYTES - 32, name);
    const store = testStore();
    const { manifestKey } = await submitTree({ root, store });
    const manifest = await manifestIn(store, manifestKey);
    const target = plantTree(fresh(), []);
    planted.push(target);
    await downloadManifestContents({ manifest, root: target, store });
    expect(paths(await createManifest({ root: target }))).toContain(leaf);
    const tooLong = plantTree(join(fresh(), 'x'.repeat(100)), []);
    planted.push(tooLong);
    await expect(downloadManifestContents({ manifest, root: tooLong, store })).rejects.toMatchObject({
      code: 'PathTooLong',
    });
  });
});
