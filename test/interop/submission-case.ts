/** Submissions that both programs are given: a tree, what to submit of it, and where they differ on purpose. */
import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { AssetReferences } from '../../src/model/asset-references.js';
import { type DiskNode, plantTree } from '../support/tree-on-disk.js';
import type { Outcome } from './submission-outcome.js';

/** As the service answers it. */
export interface ProfileView {
  readonly storageProfileId: string;
  readonly displayName: string;
  readonly osFamily: string;
  readonly fileSystemLocations: readonly ProfileLocation[];
}

export interface ProfileLocation {
  readonly name: string;
  readonly path: string;
  readonly type: 'LOCAL' | 'SHARED';
}

/** Options by the names of the Python library's `create_job_from_job_bundle`. */
export interface SubmissionOptions {
  readonly name?: string;
  readonly require_paths_exist?: boolean;
  readonly job_attachments_file_system?: 'COPIED' | 'VIRTUAL';
  readonly priority?: number;
  readonly max_failed_tasks_count?: number;
  readonly max_retries_per_task?: number;
  readonly max_worker_count?: number;
  readonly target_task_run_status?: 'READY' | 'SUSPENDED';
}

/** Where the two are meant to differ: the section that says so, and what each does. */
export interface Difference {
  readonly spec: string;
  readonly check: (python: Outcome, ours: Outcome, root: string) => void;
}

/** Stands for the directory of the tree wherever a case holds text, also inside of file contents. */
export const ROOT = '/<root>';

/** A path below the directory of the tree. */
export const at = (path: string): string => `${ROOT}/${path}`;

interface Common {
  readonly name: string;
  readonly tree: readonly DiskNode[];
  /** Below the root; default: the root. */
  readonly cwd?: string;
  readonly locations?: readonly ProfileLocation[];
  readonly options?: SubmissionOptions;
  /** Adds to the tree what a node cannot say. */
  readonly plant?: (root: string) => void;
}

/** Where the two are meant to do otherwise. */
export type Differing<C> = C & { readonly differs: Difference };

/** Submits paths, without a job bundle. */
export interface AttachmentsCase extends Common {
  readonly references: Partial<AssetReferences>;
}

/** Submits the job bundle in `bundleDir` (below the root; default: `bundle`). */
export interface BundleCase extends Common {
  readonly bundleDir?: string;
  readonly parameters?: readonly (readonly [name: string, value: unknown])[];
  readonly environments?: readonly { readonly template: string; readonly priority: number }[];
  readonly hasAttachments?: boolean;
}

/** Gives the same words to both command lines; the configuration is the file that they share. */
export interface CommandCase extends Omit<BundleCase, 'parameters' | 'options'> {
  readonly argv: readonly string[];
  readonly config?: Readonly<Record<string, string>>;
}

export type SubmissionCase = AttachmentsCase | BundleCase | CommandCase;

/** What `test/interop/submission.py` is given of a case. */
export interface PythonCase {
  readonly bundleDir?: string;
  readonly references?: AssetReferences;
  readonly cwd: string;
  readonly snapshotDir?: string;
  readonly parameters: readonly (readonly [string, unknown])[];
  readonly profile?: ProfileView;
  readonly environments: readonly { readonly template: string; readonly priority: number }[];
  readonly hasAttachments: boolean;
  readonly options: SubmissionOptions;
  readonly argv?: readonly string[];
  readonly config?: Readonly<Record<string, string>>;
  readonly configFile?: string;
}

export interface Planted<C> {
  readonly testCase: C;
  readonly root: string;
  readonly request: PythonCase;
}

/** Makes the tree of a case below `folder` and fills its place in. */
export function plantCase<C extends SubmissionCase>(testCase: C, folder: string): Planted<C> {
  const root = join(realpathSync(folder), 'root');
  const request = filled({ ...testCase, tree: [] }, root);
  plantTree(
    root,
    testCase.tree.map((node) => filledNode(node, root)),
  );
  testCase.plant?.(root);
  const cwd = join(root, testCase.cwd ?? '');
  mkdirSync(cwd, { recursive: true });
  return { testCase, root, request: pythonCase(request, root, cwd) };
}

function filledNode(node: DiskNode, root: string): DiskNode {
  return typeof node.content === 'object' ? node : filled(node, root);
}

function filled<T>(value: T, root: string): T {
  return JSON.parse(JSON.stringify(value).replaceAll(ROOT, JSON.stringify(root).slice(1, -1))) as T;
}

function pythonCase(
  testCase: Partial<AttachmentsCase & BundleCase & CommandCase>,
  root: string,
  cwd: string,
): PythonCase {
  const { references, bundleDir = 'bundle', locations, options = {}, argv, config = {} } = testCase;
  return {
    ...(references ? { references: { ...NONE, ...references } } : { bundleDir: join(root, bundleDir) }),
    ...(locations && { profile: { ...PROFILE, fileSystemLocations: locations } }),
    cwd,
    snapshotDir: join(root, '..', 'snapshot by python'),
    parameters: testCase.parameters ?? [],
    environments: testCase.environments ?? [],
    hasAttachments: testCase.hasAttachments ?? true,
    options,
    ...(argv && { argv, config, configFile: join(root, '..', 'config') }),
  };
}

const NONE = { inputFilenames: [], inputDirectories: [], outputDirectories: [], referencedPaths: [] };
const PROFILE = { storageProfileId: 'sp-1', displayName: 'Studio', osFamily: 'linux' };
