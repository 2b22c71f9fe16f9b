/** Outputs, objects and manifests of a submission, and what ends it early (spec/files-and-submission.md section 9, rows 34, 35, 37, 44 and 45). */
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { PlannedCall } from '../../src/backends/faults.js';
import { memoryHashCache } from '../../src/caches/memory-hash-cache.js';
import type { DeadlineApi } from '../../src/deadline/deadline-api.js';
import { CancelledError } from '../../src/pipeline/errors.js';
import { submitBundle } from '../../src/presets/bundle/submit-bundle.js';
import { submitBundleAttachments } from '../../src/presets/submit-bundle-attachments.js';
import { filesBelow, Sandbox } from '../support/cli.js';
import { testStore } from '../support/contents.js';
import { keysIn, plantBundle, referring } from '../support/edge-cases.js';
import { type DiskNode, files, plantTree } from '../support/tree-on-disk.js';
import { treeRoots } from '../support/walk.js';

const fresh = treeRoots('edge-payload');
const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

it('edge 34: output equal to the root: `"."`', async () => {
  const root = plantTree(fresh(), files('a'));
  const request = referring({ inputFilenames: [join(root, 'a')], outputDirectories: [root] });
  const { attachments, attachmentsJson } = await submitBundleAttachments(request);
  expect(attachments?.manifests).toMatchObject([{ rootPath: root, outputRelativeDirectories: ['.'] }]);
  expect(JSON.parse(attachmentsJson ?? '').manifests[0].outputRelativeDirectories).toEqual(['.']);
});

it('edge 35: outputs `a/c`, `a b`, `a`: `a`, `a/c`, `a b`', async () => {
  const root = plantTree(fresh(), files('x'));
  const outputDirectories = ['a/c', 'a b', 'a', './a/c'].map((path) => `${root}/${path}`);
  const { attachments } = await submitBundleAttachments(
    referring({ inputFilenames: [join(root, 'x')], outputDirectories }),
  );
  expect(attachments?.manifests[0]?.outputRelativeDirectories).toEqual(['a', 'a/c', 'a b']);
});

it('edge 37: two groups with equal content: one object, two manifests, two guids', async () => {
  const same: DiskNode[] = ['one/a', 'two/b'].map((path) => ({ path, type: 'file', content: 'same' }));
  const root = plantTree(fresh(), same);
  const at = (name: string) => ({ name, path: join(root, name), locationType: 'LOCAL' as const });
  const request = referring(
    { inputDirectories: [join(root, 'one'), join(root, 'two')] },
    { storageProfile: { locations: [at('one'), at('two')] } },
  );
  const { manifestKeys, uploadStats } = await submitBundleAttachments(request);
  const keys = await keysIn(request.store);
  expect(keys.filter((key) => key.includes('/Data/'))).toHaveLength(1);
  expect(keys.filter((key) => key.includes('/Manifests/')).sort()).toEqual([...manifestKeys].sort());
  const guids = manifestKeys.map((key) => /\/Inputs\/([0-9a-f]{32})\//.exec(key)?.[1]);
  expect(new Set(guids).size).toBe(2);
  expect(uploadStats).toMatchObject({ totalFiles: 2, processedFiles: 1, skippedFiles: 1 });
});

it('edge 44: `--yes` with unknown paths: cancelled, nothing uploaded', async () => {
  sandbox.tree('p', { 'known/a': 'a', 'elsewhere/b': 'b' });
  const filenames = ['known/a', 'elsewhere/b'].map((path) => sandbox.join('p', path));
  sandbox.write('references.json', JSON.stringify({ assetReferences: { inputs: { filenames } } }));
  const submit = (...more: string[]) =>
    sandbox.run(['submit', '--asset-references', 'references.json', '--store', 'store', '--yes', ...more]);
  const { code, stderr } = await submit('--known-asset-path', 'p/known');
  expect(code).toBe(1);
  expect(stderr).toContain(
    'Job submission canceled (settings.auto_accept enabled and there were unknown paths).',
  );
  expect(filesBelow(sandbox.tree('store', {}))).toEqual({});
  expect(await submit('--known-asset-path', 'p')).toMatchObject({ code: 0 });
});

/** A service that says what was asked of it. */
function service(): { readonly deadline: DeadlineApi; readonly calls: string[] } {
  const calls: string[] = [];
  const answers: Partial<DeadlineApi> = {
    getQueue: async ({ queueId }) => {
      calls.push('getQueue');
      return {
        queueId,
        displayName: 'Q',
        jobAttachmentSettings: { s3BucketName: 'bucket', rootPrefix: 'root' },
      };
    },
    async *listQueueEnvironments() {},
    createJob: async () => {
      calls.push('createJob');
      return { jobId: 'job-1' };
    },
    getJob: async ({ jobId }) => ({ jobId, name: 'Edge', lifecycleStatus: 'CREATE_COMPLETE' }),
  };
  return { deadline: answers as DeadlineApi, calls };
}

function bundleOfTwo(): string {
  const root = plantTree(fresh(), files('a', 'b'));
  const filenames = [join(root, 'a'), join(root, 'b')];
  return plantBundle(join(root, 'bundle'), { assetReferences: { inputs: { filenames } } });
}

it('edge 45: cancel during hashing, and during upload: Cancelled, no CreateJob', async () => {
  const ids = { farmId: 'farm-1', queueId: 'queue-1' };
  const whole = service();
  await submitBundle({ ...ids, bundleDir: bundleOfTwo(), deadline: whole.deadline, store: testStore() });
  expect(whole.calls).toContain('createJob');

  const hashing = new AbortController();
  const hashCache = {
    ...memoryHashCache(),
    lookup: async () => {
      hashing.abort();
      return [];
    },
  };
  const first = service();
  const store = testStore();
  const request = { ...ids, bundleDir: bundleOfTwo(), deadline: first.deadline };
  const cancelled = submitBundle({ ...request, store, hashCache, signal: hashing.signal });
  await expect(cancelled).rejects.toBeInstanceOf(CancelledError);
  expect([first.calls, await keysIn(store)]).toEqual([['getQueue'], []]);

  const uploading = new AbortController();
  const second = service();
  const stopping = testStore((call: PlannedCall) => {
    if (!call.method.startsWith('putObject')) return undefined;
    uploading.abort();
    return { kind: 'hang' };
  });
  const again = submitBundle({
    ...request,
    deadline: second.deadline,
    store: stopping,
    signal: uploading.signal,
  });
  await expect(again).rejects.toMatchObject({ code: 'Cancelled' });
  expect(second.calls).toEqual(['getQueue']);
  expect((await keysIn(stopping)).filter((key) => key.includes('/Manifests/'))).toEqual([]);
});
