/** What cannot be opened, or not for long as it was (spec/files-and-submission.md section 9, rows 8 to 11 and 16). */
import { appendFileSync, chmodSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createHashPool } from '../../src/hashing/pool.js';
import type { HashPool } from '../../src/hashing/ports.js';
import { createManifest } from '../../src/presets/create-manifest.js';
import { submitBundleAttachments } from '../../src/presets/submit-bundle-attachments.js';
import { asNobody, compiled } from '../support/as-nobody.js';
import { filesIn, keysIn, referring, warnings } from '../support/edge-cases.js';
import { files, plantTree } from '../support/tree-on-disk.js';
import { treeRoots } from '../support/walk.js';

const fresh = treeRoots('edge-unreadable');

it('edge 08: FIFO inside an input directory: left out with a warning in bounded time', async () => {
  const root = plantTree(fresh(), [...files('a'), { path: 'd/pipe', type: 'fifo' }]);
  const { log, said } = warnings();
  const request = referring({ inputDirectories: [root] }, { log });
  const { manifestKeys } = await submitBundleAttachments(request);
  expect(await filesIn(request.store, manifestKeys[0])).toEqual({ a: 0 });
  expect(said).toEqual(['"d/pipe" is a socket, FIFO or device: left out']);
}, 20_000);

it('edge 09: FIFO as input file: strict is the error section `Not regular files`, lenient skips it', async () => {
  const root = plantTree(fresh(), [...files('a'), { path: 'pipe', type: 'fifo' }]);
  const [a, pipe] = [join(root, 'a'), join(root, 'pipe')];
  const strict = referring({ inputFilenames: [a, pipe] }, { requirePathsExist: true });
  const refused = submitBundleAttachments(strict);
  await expect(refused).rejects.toMatchObject({ code: 'MisconfiguredInputsError', notRegular: [pipe] });
  await expect(refused).rejects.toThrow(`\nNot regular files:\n\t${pipe}`);
  expect(await keysIn(strict.store)).toEqual([]);
  const { log, said } = warnings();
  const lenient = referring({ inputFilenames: [a, pipe] }, { log });
  const { manifestKeys } = await submitBundleAttachments(lenient);
  expect(await filesIn(lenient.store, manifestKeys[0])).toEqual({ a: 0 });
  expect(said).toEqual([`Input path '${pipe}' resolving to '${pipe}' is not a regular file. Skipping it.`]);
}, 20_000);

/** What `createManifest` does for a user without rights: its paths or its error, and its warnings. */
function snapshotByNobody(options: object): unknown {
  return asNobody(`
    import { createManifest } from ${JSON.stringify(compiled('presets/create-manifest.js'))};
    const said = [];
    const log = (level, message) => { if (level === 'warning') said.push(message); };
    const options = ${JSON.stringify(options)};
    const made = await createManifest({ ...options, log }).then(
      (manifest) => ({ paths: manifest?.paths.map(({ path }) => path) }),
      ({ code, path }) => ({ code, path }),
    );
    console.log(JSON.stringify({ ...made, said }));
  `);
}

it('edge 10: file of mode 000: FileUnreadable with its path', () => {
  const root = plantTree(fresh(), [...files('a'), { path: 'd/shut', type: 'file', mode: '000' }]);
  expect(snapshotByNobody({ root })).toEqual({
    code: 'FileUnreadable',
    path: join(root, 'd/shut'),
    said: [],
  });
});

it('edge 11: directory of mode 000 below the root: left out with one warning; `error` ends the run', () => {
  const root = plantTree(fresh(), files('a', 'd/b', 'd/c', 'd/e/f'));
  const shut = join(root, 'd');
  chmodSync(shut, 0);
  try {
    const said = ['"d" is left out: it cannot be read (EACCES)'];
    expect(snapshotByNobody({ root })).toEqual({ paths: ['a'], said });
    expect(snapshotByNobody({ root, onUnreadable: 'error' })).toEqual({
      code: 'FileUnreadable',
      path: shut,
      said: [],
    });
  } finally {
    chmodSync(shut, 0o755);
  }
});

/** A pool that lets a test act while a file is read: at every look at how far it is. */
function reading(pool: HashPool, act: () => void): HashPool {
  return {
    ...pool,
    hashFiles: (requests, call = {}) =>
      pool.hashFiles(requests, {
        ...call,
        onBytes: (delta) => {
          act();
          call.onBytes?.(delta);
        },
      }),
  };
}

it('edge 16: a file that grows while it is hashed: hashed once more, then FileChanged', async () => {
  const root = plantTree(fresh(), files('a'));
  const path = join(root, 'a');
  truncateSync(path, 2 ** 31);
  const pool = createHashPool({ threads: 1 });
  try {
    let growths = 0;
    const once = reading(pool, () => {
      growths += 1;
      if (growths === 1) appendFileSync(path, 'x');
    });
    expect(await createManifest({ root, hashPool: once })).toMatchObject({ totalSize: 2 ** 31 + 1 });
    const always = reading(pool, () => appendFileSync(path, 'x'));
    await expect(createManifest({ root, hashPool: always })).rejects.toMatchObject({
      code: 'FileChanged',
      path,
    });
  } finally {
    await pool.close();
  }
});
