/** A process that has to go before it has aborted what it began says what it leaves behind (spec/storage.md 2.7, section 7, fault 19). */
import type { ChildProcess } from 'node:child_process';
import { afterAll, expect, it } from 'vitest';
import { sweepOrphans } from '../../src/backends/sweep-orphans.js';
import { type CliResult, result, Sandbox } from '../support/cli.js';
import { noise } from '../support/contents.js';
import { latency } from '../support/fault.js';
import { requireServer } from '../support/require-server.js';
import { CLIENTS, MIB, ROOT_PREFIX, useS3 } from './support.js';

/** Longer than a test may take: what is this late is never answered. */
const FOR_EVER_MS = 600_000;

requireServer('versitygw').each(CLIENTS)('a process that is cut short (%s)', (client) => {
  const s3 = useS3();
  const sandbox = new Sandbox();
  sandbox.tree('tree', { large: noise(40 * MIB, 3) });
  afterAll(() => sandbox.remove());

  /** A submission whose parts and aborts are never answered, in the middle of its upload. */
  async function stuck(): Promise<ChildProcess> {
    const fault = latency(FOR_EVER_MS);
    s3.proxy().inject({ match: { operation: 'UploadPart' }, skip: 1, times: 'always', fault });
    s3.proxy().inject({ match: { operation: 'AbortMultipartUpload' }, times: 'always', fault });
    const store = [`s3://${s3.bucket()}/${ROOT_PREFIX}`, '--s3-endpoint-url', s3.proxy().endpoint];
    const flags = ['--s3-client', client, '--quiet', '--no-cache'];
    const child = sandbox.start(['submit', 'tree', '--store', ...store, ...flags], {
      env: s3.server().env(),
    });
    await expect.poll(() => s3.proxy().count('UploadPart'), { timeout: 30_000 }).toBeGreaterThan(1);
    return child;
  }

  async function namesWhatIsLeft({ stderr }: CliResult): Promise<void> {
    const store = await s3.plain();
    const left = [];
    for await (const page of store.client.listMultipart(s3.bucket(), '')) left.push(...page);
    expect(left).toHaveLength(1);
    for (const { key, uploadId } of left)
      expect(stderr).toContain(`upload ${uploadId} of "${key}" in bucket "${s3.bucket()}"`);
    expect(stderr).toMatch(/sweepOrphans/);
    const swept = await sweepOrphans(store.client, store.location, { olderThanHours: 0 });
    expect(swept.aborted).toEqual(left);
    expect(await s3.uploads()).toEqual([]);
  }

  it('fault 19: a second signal: gone at once, and the open upload is named', async () => {
    const child = await stuck();
    const ended = result(child);
    child.kill('SIGINT');
    await expect.poll(() => s3.proxy().count('AbortMultipartUpload'), { timeout: 30_000 }).toBeGreaterThan(0);
    const beganMs = performance.now();
    child.kill('SIGINT');
    const end = await ended;
    expect(performance.now() - beganMs).toBeLessThan(1500);
    expect(child.signalCode).toBe('SIGINT');
    await namesWhatIsLeft(end);
  });

  it('fault 19: an abort that gets no answer: gone in 5 s, and the open upload is named', async () => {
    const child = await stuck();
    const ended = result(child);
    const beganMs = performance.now();
    child.kill('SIGINT');
    const end = await ended;
    expect(performance.now() - beganMs).toBeLessThan(5500);
    expect(end.code).toBe(130);
    expect(end.stderr).toMatch(/^Cancelled\. Processed 0 of 1 files/m);
    await namesWhatIsLeft(end);
  });
});
