/** Processes that are killed in the middle of S3 transfers (spec/storage.md section 7, faults 20 and 21). */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { sweepOrphans } from '../../src/backends/sweep-orphans.js';
import { encodeManifest } from '../../src/model/encode.js';
import { systemClock } from '../../src/pipeline/clock.js';
import { result, Sandbox } from '../support/cli.js';
import { noise, partFiles } from '../support/contents.js';
import { cutResponse, throttleResponse } from '../support/fault.js';
import { requireServer } from '../support/require-server.js';
import { CLIENTS, MIB, manifestFor, namesOf, ROOT_PREFIX, useS3 } from './support.js';

const HOUR_MS = 3_600_000;
const FOR_EVER_MS = 600_000;

requireServer('versitygw').each(CLIENTS)('a killed process (%s)', (client) => {
  const s3 = useS3();
  const sandbox = new Sandbox();
  afterAll(() => sandbox.remove());
  const where = (endpoint: string): string[] => [
    ...['--store', `s3://${s3.bucket()}/${ROOT_PREFIX}`, '--s3-endpoint-url', endpoint],
    ...['--s3-client', client, '--json', '--progress', 'none'],
  ];

  it('fault 20: SIGKILL during multipart', async () => {
    const files = { large: noise(40 * MIB, 1), small: 'small' };
    sandbox.tree('tree', files);
    s3.proxy().inject({
      match: { operation: 'UploadPart' },
      ...{ skip: 1, times: 'always', fault: { latencyMs: FOR_EVER_MS } },
    });
    const env = s3.server().env();
    const child = sandbox.start(['submit', 'tree', ...where(s3.proxy().endpoint)], { env });
    const ended = result(child);
    await expect.poll(() => s3.proxy().count('UploadPart'), { timeout: 30_000 }).toBe(3);
    child.kill('SIGKILL');
    expect((await ended).code).toBeNull();
    expect(s3.manifests()).toEqual([]);
    expect(s3.objects()).not.toContain(namesOf([files.large])[0]);
    const orphans = await s3.uploads();
    expect(orphans).toHaveLength(1);

    const again = await sandbox.run(['submit', 'tree', ...where(s3.server().endpoint)], { env });
    expect(again).toMatchObject({ code: 0 });
    expect(JSON.parse(again.stdout).stats.upload).toMatchObject({ total_files: 2 });
    expect([s3.objects(), s3.tornObjects(), s3.manifests().length]).toEqual([
      namesOf(Object.values(files)),
      [],
      1,
    ]);

    // The orphan is still there, and only whoever asks for it sweeps it, when it is old enough.
    expect(await s3.uploads()).toEqual(orphans);
    const store = await s3.plain();
    expect(await sweepOrphans(store.client, store.location)).toMatchObject({ aborted: [], kept: 1 });
    const clock = { ...systemClock, now: () => Date.now() + 25 * HOUR_MS };
    const swept = await sweepOrphans(store.client, store.location, { clock });
    expect(swept).toMatchObject({ aborted: [{ key: orphans[0] }], failed: [], kept: 0 });
    expect(await s3.uploads()).toEqual([]);
    expect([s3.objects().length, s3.tornObjects()]).toEqual([2, []]);
  });

  it('fault 21: SIGKILL during download', async () => {
    const files = { 'd/large': noise(40 * MIB, 2), 'd/medium': noise(3 * MIB, 3), small: 'small' };
    await s3.putObjects(...Object.values(files));
    const manifest = sandbox.write('manifest', Buffer.from(encodeManifest(manifestFor(files))));
    const target = sandbox.join('target');
    // The last range of the large file stalls, the medium file drips; the small one comes at once.
    s3.proxy().inject({
      match: { where: ({ headers }) => headers.range?.startsWith(`bytes=${32 * MIB}-`) === true },
      ...{ times: 'always', fault: cutResponse(MIB, 'stall') },
    });
    s3.proxy().inject({
      match: {
        operation: 'GetObject',
        where: ({ key }) => key.includes(namesOf([files['d/medium']])[0] ?? '-'),
      },
      ...{ times: 'always', fault: throttleResponse(100_000) },
    });
    const env = s3.server().env();
    const download = (endpoint: string): string[] => [
      ...['attachment', 'download', '-m', manifest, '--destination', target, ...where(endpoint)],
      ...['--conflict-resolution', 'skip'],
    ];
    const child = sandbox.start(download(s3.proxy().endpoint), { env });
    const ended = result(child);
    const unfinished = (): string[] =>
      existsSync(target) ? partFiles(target).filter((name) => name.startsWith('d/')) : [];
    const answered = (): number =>
      s3.requests('GetObject').filter(({ endedMs }) => endedMs !== undefined).length;
    const written = (): unknown => [unfinished().length, existsSync(join(target, 'small')), answered()];
    await expect.poll(written, { timeout: 30_000 }).toEqual([1, true, 3]);
    child.kill('SIGKILL');
    expect((await ended).code).toBeNull();
    const finals = (): string[] =>
      readdirSync(target, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !entry.name.startsWith('.ja-'))
        .map(({ parentPath, name }) => join(parentPath, name).slice(target.length + 1));
    expect(finals()).toEqual(['small']);
    expect(readFileSync(join(target, 'small'), 'utf8')).toBe('small');
    const [left = '', ...others] = partFiles(target);
    expect([left, others]).toEqual([expect.stringMatching(/^d\/\.ja-[0-9a-f]{16}\.part$/), []]);

    // What is left is ignored by the next run; it would go when it is a day old.
    const again = await sandbox.run(download(s3.server().endpoint), { env });
    expect(again).toMatchObject({ code: 0 });
    expect(JSON.parse(again.stdout)).toMatchObject({ processed_files: 2, skipped_files: 1 });
    expect(finals().sort()).toEqual(Object.keys(files).sort());
    for (const [path, content] of Object.entries(files))
      expect(readFileSync(join(target, path)).equals(Buffer.from(content)), path).toBe(true);
    expect(partFiles(target)).toEqual([left]);
  });
});
