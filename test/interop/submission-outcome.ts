/** What came of a submission, in one shape for both programs: without the random id. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SubmitPaths } from '../../src/model/submit-confirmation.js';
import { runPythonJson } from '../support/peers.js';
import type { PythonCase } from './submission-case.js';

export interface OutcomeGroup {
  readonly fileSystemLocationName: string | null;
  readonly rootPath: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly references: readonly string[];
}

export interface OutcomeManifest {
  readonly rootPath: string;
  readonly fileSystemLocationName?: string;
  readonly inputManifestPath?: string;
}

export interface OutcomeRequest {
  readonly template: string;
  readonly attachments?: { readonly manifests: readonly OutcomeManifest[]; readonly fileSystem: string };
}

export interface Outcome {
  readonly error?: { readonly type: string; readonly message: string };
  readonly createJob?: OutcomeRequest;
  readonly groups?: readonly OutcomeGroup[];
  readonly inputs?: { readonly files: number; readonly bytes: number } | null;
  readonly warnings: readonly string[];
  /** What the user was asked about. */
  readonly question?: SubmitPaths;
  /** Of a command line. */
  readonly exitCode?: number | null;
  /** What it wrote for people, errors included. */
  readonly output?: string;
  readonly stored: Stored;
}

/** Key below `Manifests/` or `Data/`, and the content as text, sorted. */
export interface Stored {
  readonly manifests: readonly (readonly [key: string, text: string])[];
  readonly data: readonly (readonly [name: string, hex: string])[];
}

/** Has the Python library submit all of `cases` in one process; `folder` is its home and holds its caches. */
export async function submittedByPython(
  cases: readonly PythonCase[],
  place: { readonly folder: string; readonly bucket?: string; readonly prefix?: string },
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<Outcome[]> {
  const script = readFileSync(new URL('submission.py', import.meta.url), 'utf8');
  const file = join(place.folder, 'cases.json');
  writeFileSync(file, JSON.stringify({ ...place, cases }));
  const answers = await runPythonJson(script, { args: [file], env: { ...pythonEnv(place.folder), ...env } });
  return (answers as PythonAnswer[]).map(({ prompt = [], ...answer }, index) => {
    const [asked] = prompt;
    const question = asked && { question: questionOf(asked.message, asked.default) };
    return normal({ ...answer, ...question }, cases[index]?.snapshotDir ?? '');
  });
}

type PythonAnswer = Omit<Outcome, 'stored'> & {
  /** What it asked, with what no answer would have meant. */
  readonly prompt?: readonly { readonly message: string; readonly default: boolean }[];
};

/** The lines of both classes of paths, out of the text that the library shows. */
function questionOf(message: string, defaultAnswer: boolean): SubmitPaths {
  const below = (title: string): string[] => {
    const [, lines = ''] = message.split(`    ${title}:\n`);
    const [paths = ''] = lines.split('\n\n');
    return paths
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '(none)' && line !== '');
  };
  return { known: below('Known paths'), unknown: below('Unknown paths'), defaultAnswer };
}

/** Nothing of the tester's is read or written, and nobody is told. */
export function pythonEnv(folder: string): Record<string, string | undefined> {
  return {
    HOME: folder,
    DEADLINE_CONFIG_FILE_PATH: join(folder, 'deadline config'),
    DEADLINE_CLOUD_TELEMETRY_OPT_OUT: 'true',
    AWS_PROFILE: undefined,
    AWS_ACCESS_KEY_ID: 'none',
    AWS_SECRET_ACCESS_KEY: 'none',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
}

/** `answer` with what a submission left in `directory`, sets as sorted lists, and with one id for all random ones. */
export function normal(answer: Omit<Outcome, 'stored'>, directory: string): Outcome {
  const { createJob, groups, warnings } = answer;
  return {
    ...answer,
    ...(createJob && { createJob: normalRequest(createJob) }),
    ...(groups && { groups: groups.map(normalGroup) }),
    warnings: [...warnings].sort(),
    stored: storedIn(directory),
  };
}

function normalRequest(request: OutcomeRequest): OutcomeRequest {
  const { attachments } = request;
  if (attachments === undefined) return request;
  const manifests = attachments.manifests.map((each) =>
    each.inputManifestPath === undefined
      ? each
      : { ...each, inputManifestPath: withoutId(each.inputManifestPath) },
  );
  return { ...request, attachments: { ...attachments, manifests } };
}

function normalGroup({ inputs, outputs, references, ...group }: OutcomeGroup): OutcomeGroup {
  return {
    ...group,
    inputs: inputs.toSorted(),
    outputs: outputs.toSorted(),
    references: references.toSorted(),
  };
}

/** What is in a directory of the layout of spec/storage.md 1.8, without the sidecars of our own manifests. */
function storedIn(directory: string): Stored {
  const [manifests, data] = [join(directory, 'Manifests'), join(directory, 'Data')];
  const keys = filesBelow(manifests).filter((key) => !key.endsWith('.metadata.json'));
  return { manifests: contents(manifests, keys, 'utf8'), data: contents(data, filesBelow(data), 'hex') };
}

function contents(folder: string, names: readonly string[], encoding: BufferEncoding): [string, string][] {
  const found = names.map((name): [string, string] => [
    withoutId(name),
    readFileSync(join(folder, name)).toString(encoding),
  ]);
  return found.sort((a, b) => (a.join('\0') < b.join('\0') ? -1 : 1));
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

/** `text` with one id in place of all random ones of input manifests. */
export function withoutId(text: string): string {
  return text.replaceAll(/(?<=\/Inputs\/)[0-9a-f]{32}(?=\/)/g, 'ID');
}

/** What must be the same where paths were submitted: all but the question, and of the request its attachments. */
export function comparableAttachments({
  createJob,
  question: _,
  groups = [],
  inputs,
  ...outcome
}: Outcome): object {
  return {
    ...outcome,
    groups,
    inputs: inputs ?? { files: 0, bytes: 0 },
    attachments: createJob?.attachments,
    // Text, so that the order of members counts.
    payload: JSON.stringify(createJob?.attachments ?? null),
  };
}
