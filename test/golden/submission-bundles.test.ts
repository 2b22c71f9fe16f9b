/** Whole job bundles to the CreateJob request, the groups and the manifests, or the error, against the golden data. */
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { MemoryClient } from '../../src/backends/memory.js';
import type { QueueEnvironmentView } from '../../src/deadline/deadline-api.js';
import { hasher } from '../../src/hashing/xxh128.js';
import type { JobSettings } from '../../src/model/create-job-request.js';
import type { DocumentValue } from '../../src/model/document-value.js';
import type { JobParameter } from '../../src/model/job-parameter.js';
import type { S3Location } from '../../src/model/s3-location.js';
import { systemClock } from '../../src/pipeline/clock.js';
import { submitBundle } from '../../src/presets/bundle/submit-bundle.js';
import { parseYaml } from '../../src/presets/bundle/yaml.js';
import { yamlText } from '../../src/presets/bundle/yaml-text.js';
import { storeOf } from '../../src/presets/store.js';
import { golden, goldenDocument } from '../support/golden.js';
import { memoryDeadline } from '../support/memory-deadline.js';
import { filledIn, listedGroups } from '../support/submission-facts.js';
import { tempDir } from '../support/temp-dir.js';
import { type DiskNode, plantTree } from '../support/tree-on-disk.js';

interface BundleDocument {
  readonly farmId: string;
  readonly queueId: string;
  readonly s3: S3Location;
  readonly mtimeSeconds: number;
}
interface ExpectedJob {
  readonly template: string;
  readonly templateType: string;
}
interface BundleCase {
  readonly tree: readonly DiskNode[];
  readonly bundleDir: string;
  readonly cwd?: string;
  readonly jobParameters: readonly { readonly name: string; readonly value: DocumentValue }[];
  readonly options?: {
    readonly name?: string;
    readonly requirePathsExist?: boolean;
    readonly jobAttachmentsFileSystem?: string;
    readonly [setting: string]: DocumentValue | undefined;
  };
  readonly storageProfile?: { readonly storageProfileId: string };
  readonly queueHasJobAttachmentSettings?: boolean;
  readonly queueParameters?: readonly JobParameter[];
  readonly expected?: {
    readonly createJob: ExpectedJob;
    readonly groups?: readonly object[];
    readonly manifestBodies?: readonly string[];
  };
  readonly error?: { readonly type: string; readonly message: string };
}

const base = realpathSync(tempDir('golden-bundles'));
let count = 0;
const NO_GROUPS = { assetGroups: [], totalInputFiles: 0, totalInputBytes: 0 };
const sleepless = { ...systemClock, sleep: async () => {} };
const GUID = ['$', '{GUID}'].join('');

/** Templates are compared as documents. */
function withDocument(job: ExpectedJob): object {
  const { template, templateType } = job;
  return { ...job, template: templateType === 'JSON' ? JSON.parse(template) : parseYaml(template) };
}

golden<BundleCase, BundleDocument>('submission/bundles.json', async (c, document) => {
  const { farmId, queueId, s3, mtimeSeconds } = document;
  count += 1;
  const root = join(base, String(count));
  plantTree(root, filledIn(c.tree, root), mtimeSeconds);
  const { storageProfile, queueHasJobAttachmentSettings = true, queueParameters = [] } = c;
  const { name, requirePathsExist = false, jobAttachmentsFileSystem, ...settings } = c.options ?? {};
  const client = new MemoryClient({ xxh128: hasher, buckets: [s3.bucket] });
  const jobAttachmentSettings = { s3BucketName: s3.bucket, rootPrefix: s3.rootPrefix };
  const deadline = memoryDeadline({
    queue: { displayName: 'Queue', ...(queueHasJobAttachmentSettings && { jobAttachmentSettings }) },
    environments: environmentsOf(queueParameters),
    ...(storageProfile && { storageProfile: filledIn(storageProfile, root) }),
  });
  const submit = () =>
    submitBundle({
      ...{ farmId, queueId, deadline, requirePathsExist, settings: settings as JobSettings },
      given: new Map(filledIn(c.jobParameters, root).map((one) => [one.name, one.value] as const)),
      bundleDir: filledIn(c.bundleDir, root),
      cwd: filledIn(c.cwd, root) ?? root,
      openQueueStore: async ({ s3BucketName: bucket, rootPrefix }) => storeOf(client, { bucket, rootPrefix }),
      newGuid: () => GUID,
      clock: sleepless,
      ...(name !== undefined && { name }),
      ...(storageProfile && { storageProfileId: storageProfile.storageProfileId }),
      ...(jobAttachmentsFileSystem !== undefined && { fileSystemMode: jobAttachmentsFileSystem }),
    });
  const [expected, error] = [filledIn(c.expected, root), filledIn(c.error, root)];
  if (error) {
    await expect(submit()).rejects.toMatchObject({ code: error.type, message: error.message });
    expect(deadline.created).toEqual([]);
    return;
  }
  if (!expected) throw new Error('the case expects neither a request nor an error');
  const { attached, jobId } = await submit();
  expect(jobId).toBe('job-1');
  expect(deadline.created.map((job) => withDocument(job))).toEqual([withDocument(expected.createJob)]);
  if (expected.groups) expect(listedGroups(attached?.groups ?? NO_GROUPS)).toEqual(expected.groups);
  const keys = attached?.manifestKeys ?? [];
  const bodies = await Promise.all(keys.map((key) => client.getObject(s3.bucket, key)));
  const texts = bodies.map(({ data }) => Buffer.from(data).toString());
  if (expected.manifestBodies) expect(texts.toSorted()).toEqual(expected.manifestBodies);
});

/** The parameters spread over two environments, which the service lists in another order than they count. */
function environmentsOf(parameters: readonly JobParameter[]): QueueEnvironmentView[] {
  const [first, ...rest] = parameters;
  if (first === undefined) return [];
  const environment = (priority: number, definitions: readonly JobParameter[]): QueueEnvironmentView => {
    const document = { specificationVersion: 'environment-2023-09', parameterDefinitions: definitions };
    return { priority, templateType: 'YAML', template: yamlText(document) };
  };
  return [environment(2, rest), environment(1, [first])];
}

goldenDocument<BundleDocument>('submission/bundles.json', ({ farmId, queueId, s3, mtimeSeconds }) => {
  expect(`${farmId}/${queueId}`).toMatch(/^farm-\d+\/queue-\d+$/);
  expect(s3.rootPrefix).not.toBe(''); // the payload holds no part of the key that a location gives
  expect(mtimeSeconds).toBeGreaterThan(0);
});
