/** The attachments payload and the manifests that it names, against the golden data. */
import { expect } from 'vitest';
import { xxh128 } from '../../src/hashing/xxh128.js';
import type { AssetRootGroup } from '../../src/model/asset-groups.js';
import { attachmentsJson, readAttachments } from '../../src/model/attachments.js';
import { encodeManifest } from '../../src/model/encode.js';
import { attachmentsOf, type InputManifest, inputManifestPathOf } from '../../src/model/group-attachments.js';
import type { ManifestV2023, PathV2023 } from '../../src/model/manifest.js';
import type { HostPaths } from '../../src/model/paths.js';
import { manifestKey, type S3Location } from '../../src/model/s3-location.js';
import { v2023 } from '../support/contents.js';
import { golden, goldenDocument } from '../support/golden.js';

interface PayloadDocument {
  readonly farmId: string;
  readonly queueId: string;
  readonly guid: string;
  readonly s3: S3Location;
}
interface RootCase {
  readonly rootPath: string;
  readonly fileSystemLocationName?: string;
  readonly files: readonly PathV2023[];
  readonly outputs?: readonly string[];
}
interface PayloadCase {
  readonly hostPathFormat: HostPaths;
  readonly fileSystem: string;
  readonly roots: readonly RootCase[];
  readonly expectedAttachments: object;
  readonly expectedManifestUploads: readonly { readonly key: string; readonly body: string }[];
}

function groupOf({ rootPath, fileSystemLocationName, files, outputs = [] }: RootCase): AssetRootGroup {
  return {
    rootPath,
    ...(fileSystemLocationName !== undefined && { fileSystemLocationName }),
    inputs: new Set(files.map(({ path }) => path)),
    outputs: new Set(outputs),
    references: new Set(),
  };
}

golden<PayloadCase, PayloadDocument>('submission/attachments.json', (c, document) => {
  const uploads: { key: string; body: string }[] = [];
  const manifests = new Map<AssetRootGroup, InputManifest>();
  const groups = c.roots.map((root) => {
    const group = groupOf(root);
    if (root.files.length === 0) return group;
    const bytes = encodeManifest(v2023(root.files) satisfies ManifestV2023);
    const path = inputManifestPathOf(document, document.guid, root.rootPath, xxh128);
    manifests.set(group, { inputManifestPath: path, inputManifestHash: xxh128(bytes) });
    uploads.push({ key: manifestKey(document.s3, path), body: Buffer.from(bytes).toString() });
    return group;
  });
  const { hostPathFormat: format, fileSystem, expectedAttachments } = c;
  const attachments = attachmentsOf(groups, {
    format,
    fileSystem,
    manifestOf: (group) => manifests.get(group),
  });
  const sent = attachments && attachmentsJson(attachments);
  expect(JSON.stringify(sent)).toBe(JSON.stringify(expectedAttachments)); // the order of members counts
  expect(readAttachments(expectedAttachments)).toEqual(attachments);
  expect(uploads).toEqual(c.expectedManifestUploads.map(({ key, body }) => ({ key, body })));
});

goldenDocument<PayloadDocument>('submission/attachments.json', ({ farmId, queueId, guid, s3 }) => {
  const path = inputManifestPathOf({ farmId, queueId }, guid, '/b', xxh128);
  expect(manifestKey(s3, path)).toMatch(/^DeadlineCloud\/Manifests\/farm-.*\/0{32}\/[0-9a-f]{32}_input$/);
});
