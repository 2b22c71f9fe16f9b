/** Whole job bundles to the CreateJob request, the groups and the manifests, or the error, against the golden data. */
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { DocumentValue } from '../../src/model/document-value.js';
import type { JobParameter } from '../../src/model/job-parameter.js';
import type { S3Location } from '../../src/model/s3-location.js';
import { readStorageProfile } from '../../src/model/storage-profile.js';
import { submitBundle } from '../support/bundle-submission.js';
import { golden, goldenDocument } from '../support/golden.js';
import { parseSmallYaml } from '../support/small-yaml.js';
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
  readonly storageProfile?: object;
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
const GUID = ['$', '{GUID}'].join('');

/** Templates are compared as documents. */
function withDocument(job: ExpectedJob): object {
  const { template, templateType } = job;
  return { ...job, template: templateType === 'JSON' ? JSON.parse(template) : parseSmallYaml(template) };
}

golden<BundleCase, BundleDocument>('submission/bundles.json', (c, { farmId, queueId, mtimeSeconds }) => {
  count += 1;
  const root = join(base, String(count));
  plantTree(root, filledIn(c.tree, root), mtimeSeconds);
  const { storageProfile, queueHasJobAttachmentSettings = true, queueParameters = [] } = c;
  const { name, requirePathsExist = false, jobAttachmentsFileSystem, ...settings } = c.options ?? {};
  const given = new Map(filledIn(c.jobParameters, root).map((one) => [one.name, one.value] as const));
  const submit = () =>
    submitBundle({
      ...{ farmId, queueId, given, queueParameters, name, requirePathsExist, settings },
      bundleDir: filledIn(c.bundleDir, root),
      cwd: filledIn(c.cwd, root) ?? root,
      hasAttachments: queueHasJobAttachmentSettings,
      storageProfile: storageProfile && readStorageProfile(filledIn(storageProfile, root)),
      fileSystem: jobAttachmentsFileSystem ?? 'COPIED',
      newGuid: () => GUID,
    });
  const [expected, error] = [filledIn(c.expected, root), filledIn(c.error, root)];
  if (error) {
    expect(submit).toThrowError(expect.objectContaining({ code: error.type, message: error.message }));
    return;
  }
  if (!expected) throw new Error('the case expects neither a request nor an error');
  const { createJob, groups, manifestBodies } = submit();
  expect(withDocument(createJob)).toEqual(withDocument(expected.createJob));
  if (expected.groups) expect(listedGroups(groups)).toEqual(expected.groups);
  if (expected.manifestBodies) expect(manifestBodies.toSorted()).toEqual(expected.manifestBodies);
});

goldenDocument<BundleDocument>('submission/bundles.json', ({ farmId, queueId, s3, mtimeSeconds }) => {
  expect(`${farmId}/${queueId}`).toMatch(/^farm-\d+\/queue-\d+$/);
  expect(s3.rootPrefix).not.toBe(''); // the payload holds no part of the key that a location gives
  expect(mtimeSeconds).toBeGreaterThan(0);
});
