import { mkdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { xxh128 } from '../../src/hashing/xxh128.js';
import { downloadManifest } from '../../src/presets/stored-manifests.js';
import { Sandbox } from '../support/cli.js';
import { runPythonJson } from '../support/peers.js';
import { requireServer } from '../support/require-server.js';
import { ROOT_PREFIX, useS3 } from './support.js';

import { FORTY as FILES } from './support-caches.js';

const COUNT = Object.keys(FILES).length;
const ZONES = ['America/New_York', 'Asia/Kolkata'] as const;
const TABLES: Readonly<Record<string, string>> = {
  hashesV2:
    'file_path text primary key, hash_algorithm text secondary key, file_hash text, last_modified_time timestamp',
  hashesV3:
    'file_path blob primary key, hash_algorithm text secondary key, file_hash text, last_modified_time timestamp',
};
/** Writes rows as each release of Python does; those that have the newest table, by its own code. */
const WRITER = `
import json, os, sqlite3, sys, time
from datetime import datetime
from deadline.job_attachments.asset_manifests.hash_algorithms import HashAlgorithm
from deadline.job_attachments.caches import HashCache, HashCacheEntry, S3CheckCache, S3CheckCacheEntry
given = json.loads(sys.argv[1])
text = lambda path: str(datetime.fromtimestamp(os.stat(path).st_mtime))
if given['columns']:
    db = sqlite3.connect(os.path.join(given['dir'], 'hash_cache.db'))
    db.execute('CREATE TABLE %s(%s)' % (given['table'], given['columns']))
    key = (lambda path: path) if given['table'] == 'hashesV2' else (lambda path: path.encode('utf-8', 'surrogatepass'))
    for path, digest in given['files'].items():
        db.execute('INSERT INTO %s VALUES(?, ?, ?, ?)' % given['table'], [key(path), 'xxh128', digest, text(path)])
    db.commit()
else:
    with HashCache(given['dir']) as cache:
        for path, digest in given['files'].items():
            cache.put_entry(HashCacheEntry(path, HashAlgorithm.XXH128, digest, text(path)))
with S3CheckCache(given['dir']) as cache:
    for digest in given['files'].values():
        cache.put_entry(S3CheckCacheEntry('%s/%s.xxh128' % (given['folder'], digest), str(time.time())))
json.dump(None, sys.stdout)
`;
/** What the newest Python takes from the files afterwards. */
const READER = `
import json, os, sys
from datetime import datetime
from deadline.job_attachments.asset_manifests.hash_algorithms import HashAlgorithm
from deadline.job_attachments.caches import HashCache, S3CheckCache
given = json.loads(sys.argv[1])
found = {'fresh': 0, 'seen': 0}
with HashCache(given['dir']) as cache:
    for path, digest in given['files'].items():
        entry = cache.get_entry(path, HashAlgorithm.XXH128)
        now = str(datetime.fromtimestamp(os.stat(path).st_mtime))
        found['fresh'] += entry is not None and entry.file_hash == digest and entry.last_modified_time == now
with S3CheckCache(given['dir']) as cache:
    for digest in given['files'].values():
        found['seen'] += cache.get_entry('%s/%s.xxh128' % (given['folder'], digest)) is not None
json.dump(found, sys.stdout)
`;

requireServer('versitygw', 'python')('a cache that Python wrote', () => {
  const s3 = useS3();
  const sandboxes: Sandbox[] = [];
  afterEach(() => {
    for (const sandbox of sandboxes.splice(0)) sandbox.remove();
  });

  it.each(['hashesV2', 'hashesV3', 'hashesV4'].flatMap((table) => ZONES.map((zone) => ({ table, zone }))))(
    'fault 40: cache written by Python ($table) in New York, read in $zone: hits where equal, else re-hash; Python reads on',
    { timeout: 120_000 },
    async ({ table, zone }) => {
      const sandbox = new Sandbox();
      sandboxes.push(sandbox);
      const root = sandbox.tree('tree', FILES);
      const times = [1_700_000_000, 1_690_000_000.25, 1_700_000_000.123456, 1_710_054_000.5];
      const files = Object.fromEntries(
        Object.entries(FILES).map(([path, text], index) => {
          const time = times[index % times.length] ?? 0;
          utimesSync(join(root, path), time, time);
          return [join(root, path), xxh128(Buffer.from(text))];
        }),
      );
      await s3.putObjects(...Object.values(FILES));
      const given = JSON.stringify({
        ...{ dir: sandbox.join('cache'), files, table, columns: TABLES[table] ?? '' },
        folder: `${s3.bucket()}/${ROOT_PREFIX}/Data`,
      });
      mkdirSync(sandbox.join('cache'));
      await runPythonJson(WRITER, { args: [given], env: { TZ: ZONES[0] } });

      const args = [
        'submit',
        'tree',
        '--store',
        `s3://${s3.bucket()}/${ROOT_PREFIX}`,
        '--json',
        '--progress',
        'none',
      ];
      const endpoint = ['--s3-endpoint-url', s3.proxy().endpoint];
      const run = await sandbox.run([...args, ...endpoint], { env: { ...s3.server().env(), TZ: zone } });
      expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: '' });
      const { hashing, upload } = JSON.parse(run.stdout).stats;
      expect(hashing).toMatchObject(
        zone === ZONES[0]
          ? { skipped_files: COUNT, processed_files: 0 }
          : { skipped_files: 0, processed_files: COUNT },
      );
      expect(upload).toMatchObject({ skipped_files: COUNT, processed_files: 0 });
      expect(s3.proxy().count('HeadObject')).toBeLessThanOrEqual(30); // the sample: Python's keys are believed
      expect(s3.proxy().count('PutObject')).toBe(1);
      const manifest = await downloadManifest({
        store: await s3.plain(),
        key: `${ROOT_PREFIX}/Manifests/${s3.manifests()[0]}`,
      });
      const { paths = [] } = manifest.manifest as { paths?: { path: string; hash: string }[] };
      expect(Object.fromEntries(paths.map(({ path, hash }) => [join(root, path), hash]))).toEqual(files);

      const readBack = await runPythonJson(READER, { args: [given], env: { TZ: zone } });
      // Old rows that we took are not copied: a whole-file row of the newest table is written when we hash.
      const fresh = zone === ZONES[0] && table !== 'hashesV4' ? 0 : COUNT;
      expect(readBack).toEqual({ fresh, seen: COUNT });
    },
  );
});
