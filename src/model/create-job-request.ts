/**
 * The CreateJob request of a job bundle (spec/files-and-submission.md 7.4 step 7 and 7.5 step
 * 5). Sends nothing.
 */
import type { Attachments } from './attachments.js';
import { BundleError } from './bundle-error.js';
import type { BundleFileType } from './bundle-files.js';
import {
  type DocumentValue,
  isDocumentObject,
  isList,
  numberOf,
  numberText,
  pythonRepr,
  pythonText,
} from './document-value.js';
import { type JobParameter, PARAMETER_TYPES, typeOfParameter } from './job-parameter.js';
import { checkParameterValue } from './parameter-value.js';
import { checkScalarValue } from './scalar-value.js';

/** Members that a bundle may set as `deadline:name`, and a user by option. */
export interface JobSettings {
  readonly priority?: DocumentValue;
  readonly targetTaskRunStatus?: DocumentValue;
  readonly maxFailedTasksCount?: DocumentValue;
  readonly maxRetriesPerTask?: DocumentValue;
  readonly maxWorkerCount?: DocumentValue;
}

/** What a request says where neither bundle nor user does. */
export const JOB_DEFAULTS = {
  priority: 50,
  maxFailedTasksCount: 20,
  maxRetriesPerTask: 5,
} as const satisfies JobSettings;

const SETTINGS: ReadonlySet<string> = new Set([
  'priority',
  'targetTaskRunStatus',
  'maxFailedTasksCount',
  'maxRetriesPerTask',
  'maxWorkerCount',
]);

/** Texts, or lists of texts, by one of {@link PARAMETER_TYPES}. */
export type JobParameterText = string | readonly JobParameterText[];
export type JobParameterValue = Readonly<Record<string, JobParameterText>>;

export interface CreateJobRequest extends JobSettings {
  readonly farmId: string;
  readonly queueId: string;
  readonly template: string;
  readonly templateType: BundleFileType;
  readonly storageProfileId?: string;
  readonly attachments?: Attachments;
  readonly parameters?: Readonly<Record<string, JobParameterValue>>;
}

export interface CreateJobInput {
  readonly farmId: string;
  readonly queueId: string;
  readonly template: string;
  readonly templateType: BundleFileType;
  readonly storageProfileId?: string;
  /** Absent: the request has no such member, since the service takes no empty list. */
  readonly attachments?: Attachments;
  readonly parameters: readonly JobParameter[];
  /** As the user gave it; errors show it. */
  readonly bundleDir: string;
  /** Beats what the bundle says. */
  readonly settings?: JobSettings;
  /** Default {@link JOB_DEFAULTS}. */
  readonly defaults?: JobSettings;
}

/** The request. Throws `BundleError` for a value that its parameter does not take and for an unknown `deadline:` name. */
export function createJobRequest(input: CreateJobInput): CreateJobRequest {
  const { farmId, queueId, template, templateType, storageProfileId, attachments } = input;
  const { settings, parameters } = splitParameters(input.parameters, input.bundleDir);
  return {
    farmId,
    queueId,
    template,
    templateType,
    ...(storageProfileId !== undefined && { storageProfileId }),
    ...(attachments && { attachments }),
    ...JOB_DEFAULTS,
    ...present(input.defaults),
    ...settings,
    ...present(input.settings),
    ...(Object.keys(parameters).length > 0 && { parameters }),
  };
}

function present(settings: JobSettings = {}): JobSettings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

const OWN = 'deadline:';

/** What of the values is the job's, and what are settings of the request; values of other programs are dropped. */
function splitParameters(
  all: readonly JobParameter[],
  bundleDir: string,
): { readonly settings: JobSettings; readonly parameters: Record<string, JobParameterValue> } {
  const settings: [string, DocumentValue][] = [];
  const parameters: [string, JobParameterValue][] = [];
  for (const parameter of all) {
    const { name, value } = parameter;
    if (value === undefined) continue;
    if (name.startsWith(OWN)) settings.push([settingName(name, bundleDir), plainNumber(value)]);
    else if (!name.includes(':')) parameters.push([name, requestValue(parameter, value)]);
  }
  return { settings: Object.fromEntries(settings), parameters: Object.fromEntries(parameters) };
}

/** A request has one kind of number. */
function plainNumber(value: DocumentValue): DocumentValue {
  return numberOf(value) ?? value;
}

function settingName(name: string, bundleDir: string): string {
  const setting = name.slice(OWN.length);
  if (SETTINGS.has(setting)) return setting;
  const problem = `Unrecognized parameter named ${pythonRepr(name)} from job bundle:\n${bundleDir}`;
  throw new BundleError(problem, { file: 'parameter_values', field: name });
}

function requestValue(parameter: JobParameter, value: DocumentValue): JobParameterValue {
  const type = typeOfParameter(parameter);
  if (type === undefined) {
    const problem = `Job parameter ${pythonRepr(parameter.name)} has a value, but no definition says its type`;
    throw new BundleError(problem, { field: parameter.name });
  }
  if (type === 'STRING' || type === 'INT' || type === 'FLOAT') {
    checkScalarValue(parameter.name, type, value);
    return { [PARAMETER_TYPES[type]]: pythonText(value) };
  }
  return { [PARAMETER_TYPES[type]]: sentText(checkParameterValue(parameter, value)) };
}

/** The newer types write booleans as JSON does. */
function sentText(value: DocumentValue): JobParameterText {
  if (isList(value)) return value.map(sentText);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'string' || value === null || isDocumentObject(value)) return pythonText(value);
  return numberText(value);
}
