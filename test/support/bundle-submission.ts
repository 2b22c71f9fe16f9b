/**
 * A whole submission over a real bundle, as far as no service is needed: the disk is asked
 * here, every decision is the model's.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { xxh128 } from '../../src/hashing/xxh128.js';
import { AssetGrouping, type AssetRootGroup, type AssetUploadGroup } from '../../src/model/asset-groups.js';
import { type AssetReferences, hasReferences } from '../../src/model/asset-references.js';
import {
  type BundleFileName,
  type BundleFileType,
  checkInsideBundle,
  chooseBundleFile,
  notABundle,
  parseBundleFile,
  withJobName,
} from '../../src/model/bundle-files.js';
import {
  type CreateJobRequest,
  createJobRequest,
  type JobSettings,
} from '../../src/model/create-job-request.js';
import type { DocumentValue } from '../../src/model/document-value.js';
import { encodeManifest } from '../../src/model/encode.js';
import { attachmentsOf, type InputManifest, inputManifestPathOf } from '../../src/model/group-attachments.js';
import { InputDirectories } from '../../src/model/input-directories.js';
import type { JobParameter } from '../../src/model/job-parameter.js';
import { jsonDocumentText } from '../../src/model/json-document.js';
import { planBundle } from '../../src/model/plan-bundle.js';
import { relativeHostPath } from '../../src/model/relative-host-path.js';
import type { StorageProfile } from '../../src/model/storage-profile.js';
import { v2023 } from './contents.js';
import { parseSmallYaml } from './small-yaml.js';
import { factsOnDisk, realPathOnDisk } from './submission-facts.js';

const FORMAT = 'posix';

export interface SubmissionRequest {
  readonly farmId: string;
  readonly queueId: string;
  readonly bundleDir: string;
  readonly cwd: string;
  readonly given: ReadonlyMap<string, DocumentValue>;
  readonly queueParameters: readonly JobParameter[];
  readonly hasAttachments: boolean;
  readonly storageProfile: StorageProfile | undefined;
  readonly name: string | undefined;
  readonly requirePathsExist: boolean;
  readonly fileSystem: string;
  readonly settings: JobSettings;
  readonly newGuid: () => string;
}

export interface Submission {
  readonly createJob: CreateJobRequest;
  readonly groups: AssetUploadGroup;
  readonly manifestBodies: readonly string[];
}

export function submitBundle(request: SubmissionRequest): Submission {
  const { bundleDir, farmId, queueId, storageProfile, settings } = request;
  checkContainment(bundleDir);
  const { text, type, document } = readTemplate(request);
  const plan = planBundle(
    {
      template: document,
      parameterValues: readDocument('parameter_values', bundleDir),
      assetReferences: readDocument('asset_references', bundleDir),
    },
    { ...request, format: FORMAT, realPath: realPathOnDisk },
  );
  const groups = groupsOf(plan.references, request);
  const { manifests, manifestBodies } = manifestsOf(groups, request);
  const attachments = attachmentsOf(groups.assetGroups, {
    format: FORMAT,
    fileSystem: request.fileSystem,
    manifestOf: (group) => manifests.get(group),
  });
  const { storageProfileId } = storageProfile ?? {};
  const createJob = createJobRequest({
    ...{ farmId, queueId, template: text, templateType: type, bundleDir, settings },
    parameters: plan.parameters,
    ...(storageProfileId !== undefined && { storageProfileId }),
    ...(attachments && { attachments }),
  });
  return { createJob, groups, manifestBodies };
}

function checkContainment(bundleDir: string): void {
  const root = realPathOnDisk(bundleDir);
  if (statSync(root, { throwIfNoEntry: false })?.isDirectory() !== true) throw notABundle(bundleDir);
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    checkInsideBundle({ path, realPath: realPathOnDisk(path) }, root, FORMAT);
  }
}

interface BundleText {
  readonly text: string;
  readonly type: BundleFileType;
  readonly document: DocumentValue | undefined;
}

function readTemplate({ bundleDir, name }: SubmissionRequest): BundleText {
  const found = readFile('template', bundleDir);
  if (!found) throw new Error('a template is required');
  if (name === undefined) return found;
  const document = withJobName(found.document, name, bundleDir);
  return { ...found, document, text: jsonDocumentText(document) };
}

function readDocument(name: BundleFileName, bundleDir: string): DocumentValue | undefined {
  return readFile(name, bundleDir)?.document;
}

function readFile(name: BundleFileName, bundleDir: string): BundleText | undefined {
  const file = chooseBundleFile(name, new Set(readdirSync(bundleDir)), bundleDir);
  if (!file) return undefined;
  const text = readFileSync(join(bundleDir, file.name), 'utf8');
  return { text, type: file.type, document: parseBundleFile(file, text, parseSmallYaml) };
}

const NO_GROUPS: AssetUploadGroup = { assetGroups: [], totalInputFiles: 0, totalInputBytes: 0 };

function groupsOf(references: AssetReferences, request: SubmissionRequest): AssetUploadGroup {
  const { cwd, requirePathsExist, storageProfile, hasAttachments } = request;
  if (!hasAttachments || !hasReferences(references)) return NO_GROUPS;
  const { locations = [] } = storageProfile ?? {};
  const directories = new InputDirectories({ requirePathsExist });
  const grouping = new AssetGrouping({
    ...({ format: FORMAT, cwd, requirePathsExist, locations, realPath: realPathOnDisk } as const),
  });
  const inputs = [...references.inputFilenames];
  for (const directory of references.inputDirectories) {
    const path = grouping.absolute(directory) ?? '';
    const isDirectory = factsOnDisk(path).kind === 'directory';
    const found = isDirectory ? filesBelow(path) : [];
    directories.add(directory, isDirectory ? (found.length > 0 ? 'files' : 'empty') : 'missing');
    inputs.push(...found);
  }
  const more = directories.finish();
  for (const input of inputs) grouping.addInput(input, factsOnDisk(grouping.absolute(input) ?? ''));
  for (const output of references.outputDirectories) grouping.addOutput(output);
  for (const reference of [...references.referencedPaths, ...more]) grouping.addReference(reference);
  return grouping.finish((path) => factsOnDisk(path).kind === 'file');
}

/** Files and links to files, also broken ones; linked directories are not entered. */
function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => factsOnDisk(path).kind !== 'directory');
}

function manifestsOf({ assetGroups }: AssetUploadGroup, request: SubmissionRequest) {
  const manifests = new Map<AssetRootGroup, InputManifest>();
  const manifestBodies: string[] = [];
  for (const group of assetGroups) {
    if (group.inputs.size === 0) continue;
    const bytes = encodeManifest(v2023([...group.inputs].map((path) => entryOf(path, group.rootPath))));
    const inputManifestPath = inputManifestPathOf(request, request.newGuid(), group.rootPath, xxh128);
    manifests.set(group, { inputManifestPath, inputManifestHash: xxh128(bytes) });
    manifestBodies.push(Buffer.from(bytes).toString());
  }
  return { manifests, manifestBodies };
}

function entryOf(path: string, root: string) {
  const content = readFileSync(path);
  const mtime = Number(statSync(path, { bigint: true }).mtimeNs / 1000n);
  return { path: relativeHostPath(path, root, FORMAT), hash: xxh128(content), size: content.length, mtime };
}
