import { once } from 'node:events';
import { closeSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { filesBelow, result, Sandbox } from '../support/cli.js';
import { makeFifo, writerOf } from '../support/fifo.js';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

const FILE_COUNT = 200;
beforeAll(() => {
  const files = Array.from({ length: FILE_COUNT }, (_, index): [string, Buffer] => {
    return [`d${index % 7}/f${index}.bin`, Buffer.alloc(100_000, `file ${index} `)];
  });
  sandbox.tree('project', Object.fromEntries(files));
});

/** Twenty megabytes at two a second: there is time to interrupt it. */
const SLOW = ['submit', 'project', '--max-bandwidth', '2MB', '--progress', 'lines'];
const CANCELLED = /^Cancelled\. Processed (\d+) of (\d+) files, [\d.]+ [KMG]?B of [\d.]+ [KMG]?B\.$/m;

const partFiles = (directory: string): string[] =>
  readdirSync(directory, { recursive: true })
    .map(String)
    .filter((name) => name.includes('.ja-'));

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)(
  '%s ends a submission with %d, without leftovers, and running again finishes it',
  async (signal, exitCode) => {
    const store = `store-${signal}`;
    const child = sandbox.start([...SLOW, '--store', store]);
    const ended = result(child);
    if (child.stderr) await once(child.stderr, 'data');
    const sentMs = performance.now();
    child.kill(signal);
    const { code, stdout, stderr } = await ended;
    expect(performance.now() - sentMs).toBeLessThan(2000);
    expect(code).toBe(exitCode);
    expect(stdout).toBe('');
    const [, done, all] = CANCELLED.exec(stderr) ?? [];
    expect(Number(done)).toBeLessThan(FILE_COUNT);
    expect(Number(all)).toBeLessThanOrEqual(FILE_COUNT);
    expect(partFiles(sandbox.join(store))).toEqual([]);
    expect(readdirSync(sandbox.join(store))).not.toContain('Manifests');

    const again = await sandbox.run(['submit', 'project', '--store', store, '--json']);
    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout).stats.upload.total_files).toBe(FILE_COUNT);
    expect(Object.keys(filesBelow(sandbox.join(store, 'Data')))).toHaveLength(FILE_COUNT);
  },
);

it('prints one JSON document with the partial statistics', async () => {
  const child = sandbox.start([...SLOW, '--store', 'store-json', '--json']);
  const ended = result(child);
  if (child.stderr) await once(child.stderr, 'data');
  child.kill('SIGINT');
  const { code, stdout } = await ended;
  const document = JSON.parse(stdout);
  expect(document).toMatchObject({ status: 'cancelled', result: null, error: { code: 'Cancelled' } });
  expect(document.stats).toEqual({
    hashing: null,
    upload: expect.objectContaining({ processed_files: expect.any(Number), total_files: expect.any(Number) }),
  });
  expect(code).toBe(130);
});

it('tells it in one line of a JSON log', async () => {
  const child = sandbox.start([...SLOW, '--store', 'store-log', '--log-format', 'json']);
  const ended = result(child);
  if (child.stderr) await once(child.stderr, 'data');
  child.kill('SIGTERM');
  const { code, stderr } = await ended;
  const lines = stderr.trimEnd().split('\n');
  expect([code, lines.map((line) => JSON.parse(line)).at(-1)]).toMatchObject([
    143,
    { level: 'error', code: 'Cancelled', message: expect.stringMatching(CANCELLED) },
  ]);
});

it('ends at once at the second signal', async () => {
  const child = sandbox.start([...SLOW, '--store', 'store-twice']);
  const ended = result(child);
  if (child.stderr) await once(child.stderr, 'data');
  child.kill('SIGINT');
  child.kill('SIGTERM');
  await ended;
  expect(['SIGINT', 'SIGTERM']).toContain(child.signalCode);
});

it('dies by the second signal although a thread is in a call that never returns', async () => {
  const config = makeFifo(sandbox.join('aws-config'));
  const child = sandbox.start(['submit', 'project', '--store', 's3://bucket/prefix'], {
    env: { AWS_CONFIG_FILE: config },
  });
  const ended = result(child);
  const writer = await writerOf(config); // the SDK reads in a thread
  child.kill('SIGINT');
  child.kill('SIGTERM');
  await ended;
  expect(['SIGINT', 'SIGTERM']).toContain(child.signalCode);
  closeSync(writer);
});

it('cancels a download without leftovers', async () => {
  await sandbox.run(['submit', 'project', '--store', 'full', '--quiet']);
  const { stdout } = await sandbox.run(['manifest', 'snapshot', '--root', 'project', '-d', '.', '--quiet']);
  const args = [
    'attachment',
    'download',
    '-m',
    stdout.trimEnd(),
    '--store',
    'full',
    '--destination',
    'target',
  ];
  const child = sandbox.start([...args, '--max-bandwidth', '2MB', '--progress', 'lines']);
  const ended = result(child);
  if (child.stderr) await once(child.stderr, 'data');
  child.kill('SIGTERM');
  const { code, stderr } = await ended;
  expect(code).toBe(143);
  expect(stderr).toMatch(CANCELLED);
  expect(partFiles(sandbox.join('target'))).toEqual([]);
  expect((await sandbox.run([...args, '--conflict-resolution', 'overwrite'])).code).toBe(0);
  expect(filesBelow(sandbox.join('target'))).toEqual(filesBelow(sandbox.join('project')));
});

it('counts all manifests of a download that was stopped in the first', async () => {
  const snapshot = ['manifest', 'snapshot', '--root', 'project', '-d', sandbox.join(), '--json'];
  const { manifest } = JSON.parse((await sandbox.run(snapshot)).stdout) as { manifest: string };
  const copy = sandbox.write('copy.manifest', readFileSync(manifest));
  const upload = ['attachment', 'upload', '-m', manifest, '-r', 'project', '--store', 'store-several'];
  expect(await sandbox.run(upload)).toMatchObject({ code: 0 });
  const child = sandbox.start([
    ...['attachment', 'download', '-m', manifest, '-m', copy, '--store', 'store-several'],
    ...['--destination', 'several', '--max-bandwidth', '2MB', '--progress', 'lines', '--json=envelope'],
  ]);
  const ended = result(child);
  while (!partFilesOrFiles(sandbox.join('several'))) await setTimeout(20);
  child.kill('SIGINT');
  const { code, stdout, stderr } = await ended;
  expect(code).toBe(130);
  expect(stderr).toMatch(CANCELLED);
  const { status, stats } = JSON.parse(stdout);
  expect(status).toBe('cancelled');
  expect(stats).toMatchObject({ total_files: 2 * FILE_COUNT, total_bytes: 2 * FILE_COUNT * 100_000 });
  expect(partFiles(sandbox.join('several'))).toEqual([]);
});

const partFilesOrFiles = (directory: string): boolean =>
  existsSync(directory) && readdirSync(directory, { recursive: true }).length > 0;
