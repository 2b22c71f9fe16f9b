/** Row 36 of the fault table (spec/storage.md section 7): very many small files, in processes of their own that are watched. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Sandbox } from '../support/cli.js';
import { noise } from '../support/contents.js';
import { requireServer } from '../support/require-server.js';
import { useVersity } from '../support/versitygw.js';
import { MIB, ROOT_PREFIX, SOAK } from './support.js';
import { canWatch, type Watched, watched } from './support-process.js';

const FILES = SOAK ? 100_000 : 3000;
const FILE_BYTES = 4096;
const PER_FOLDER = 500;
/** Above what the same command takes for one file. */
const MORE_MEMORY = 300 * MIB;
/** Sockets, caches, pools and files together. */
const MOST_DESCRIPTORS = 1024 + 256;

requireServer('versitygw')(`${FILES} files of 4 KiB`, () => {
  const server = useVersity();
  const sandbox = new Sandbox();
  afterAll(() => sandbox.remove());
  const store = { one: '', many: '' };
  beforeAll(() => {
    sandbox.tree('one', { file: noise(FILE_BYTES, 1) });
    for (let first = 0; first < FILES; first += PER_FOLDER) {
      const folder = sandbox.join('many', `folder ${first / PER_FOLDER}`);
      mkdirSync(folder, { recursive: true });
      for (let n = first; n < first + PER_FOLDER; n += 1)
        writeFileSync(join(folder, `${n}.exr`), noise(FILE_BYTES, n));
    }
    for (const name of ['one', 'many'] as const) store[name] = `s3://${server().newBucket()}/${ROOT_PREFIX}`;
  });

  async function command(name: 'one' | 'many', ...args: readonly string[]): Promise<Watched> {
    const common = [
      '--store',
      store[name],
      '--s3-endpoint-url',
      server().endpoint,
      '--cache-dir',
      `cache-${name}`,
    ];
    const child = sandbox.start([...args, ...common, '--json', '--progress', 'none'], {
      env: server().env(),
    });
    const run = await watched(child);
    expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: '' });
    return run;
  }
  const submit = (name: 'one' | 'many'): Promise<Watched> => command(name, 'submit', name);
  const bounded = (run: Watched, baseline: Watched): void => {
    if (!canWatch) return;
    expect((run.peakBytes - baseline.peakBytes) / MIB).toBeLessThan(MORE_MEMORY / MIB);
    expect(run.peakDescriptors).toBeLessThan(MOST_DESCRIPTORS);
  };
  const uploaded = (run: Watched): unknown => JSON.parse(run.stdout).stats.upload;

  it(`fault 36: ${FILES} files of 4 KiB, cold and warm and back: bounded memory and open files, warm at most 30 HEADs and one manifest PUT`, {
    timeout: (SOAK ? 60 : 5) * 60_000,
  }, async () => {
    const one = await submit('one');
    const bucket = store.many.split('/')[2] ?? '';
    const objects = (): number =>
      server()
        .keys(bucket)
        .filter((key) => key.startsWith(`${ROOT_PREFIX}/Data/`)).length;

    server().clearRequests();
    const cold = await submit('many');
    expect(uploaded(cold)).toMatchObject({ total_files: FILES, processed_files: FILES, skipped_files: 0 });
    expect(objects()).toBe(FILES);
    expect(server().count('PutObject')).toBe(FILES + 1);
    bounded(cold, one);

    server().clearRequests();
    const warm = await submit('many');
    expect(uploaded(warm)).toMatchObject({ total_files: FILES, processed_files: 0, skipped_files: FILES });
    expect(server().count('HeadObject')).toBeLessThanOrEqual(30);
    expect(server().count('PutObject')).toBe(1);
    expect(server().requests().length).toBeLessThanOrEqual(31);
    bounded(warm, one);

    const { result } = JSON.parse(cold.stdout) as { result: { manifests: { inputManifestPath: string }[] } };
    const key = join(ROOT_PREFIX, 'Manifests', result.manifests[0]?.inputManifestPath ?? '');
    copyFileSync(join(server().directory, bucket, key), sandbox.join('manifest'));
    server().clearRequests();
    const back = await command('many', 'attachment', 'download', '-m', 'manifest', '--destination', 'back');
    expect(JSON.parse(back.stdout)).toMatchObject({
      processed_files: FILES,
      processed_bytes: FILES * FILE_BYTES,
    });
    expect(server().count('GetObject')).toBe(FILES);
    expect(server().requests()).toHaveLength(FILES);
    bounded(back, one);
    const figures = { one, cold, warm, back };
    const told = Object.entries(figures).map(
      ([name, { peakBytes, peakDescriptors }]) =>
        `${name} ${Math.round(peakBytes / MIB)} MiB, ${peakDescriptors} descriptors`,
    );
    console.log(`fault 36, ${FILES} files: ${told.join('; ')}`);
  });
});
