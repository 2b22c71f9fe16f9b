/**
 * Parameters of a queue's environments and of a job bundle as one list
 * (spec/files-and-submission.md 7.4, step 3).
 */
import { BundleError } from './bundle-error.js';
import { checkDefinition } from './check-definition.js';
import { type DocumentValue, isDocumentObject, isList, isSameValue, pythonRepr } from './document-value.js';
import { isValueOnly, type JobParameter, withKnownType } from './job-parameter.js';

/** An environment of a queue, as far as parameters are concerned. */
export interface QueueEnvironment {
  readonly priority: number;
  /** The parsed template of the environment. */
  readonly template: DocumentValue;
}

const FILE = 'queue environment';

/** The parameters of a queue, by ascending priority of its environments. Throws `BundleError` where two disagree about one. */
export function queueParameters(environments: readonly QueueEnvironment[]): JobParameter[] {
  const found = new Map<string, JobParameter>();
  for (const { template } of environments.toSorted((a, b) => a.priority - b.priority)) {
    if (!isDocumentObject(template)) continue;
    const { parameterDefinitions } = template;
    for (const definition of isList(parameterDefinitions) ? parameterDefinitions : []) {
      addQueueParameter(found, withKnownType(definition, template));
    }
  }
  return [...found.values()];
}

function addQueueParameter(found: Map<string, JobParameter>, definition: DocumentValue): void {
  const parameter = checkDefinition(definition, { typeRequired: true, defaultRequired: true, file: FILE });
  const { name } = parameter;
  const differences = definitionDifferences(found.get(name) ?? parameter, parameter);
  if (differences.length > 0) {
    const problem = `Job template parameter ${name} is duplicated across queue environments with mismatched fields:\n${differences.join(' ')}`;
    throw new BundleError(problem, { file: FILE, field: name });
  }
  if (!found.has(name)) found.set(name, parameter);
}

/**
 * Parameters of the queue first, in their order. A value and a default of the bundle beat
 * those of the queue. Throws `BundleError` for a value without definition, and naming every
 * parameter that both define differently; `queueId` is shown.
 */
export function mergeQueueParameters(
  queue: readonly JobParameter[],
  bundle: readonly JobParameter[],
  queueId?: string,
): JobParameter[] {
  const merged = new Map(queue.map((parameter) => [parameter.name, parameter] as const));
  const conflicts: string[] = [];
  for (const parameter of bundle) {
    const { name } = parameter;
    const known = merged.get(name);
    if (!known) checkDefined(parameter);
    merged.set(name, known ? mergedParameter(known, parameter) : parameter);
    if (!known || isValueOnly(parameter)) continue;
    const differences = definitionDifferences(known, parameter);
    const fields = pythonRepr(differences);
    if (differences.length > 0) conflicts.push(`\t${name}: differences for fields "${fields}"`);
  }
  if (conflicts.length === 0) return [...merged.values()];
  const target = queueId === undefined ? 'queue' : `queue (${queueId})`;
  throw new BundleError(
    `The target ${target} and job bundle have conflicting parameter definitions:\n\n${conflicts.join('\n')}`,
    { file: 'template' },
  );
}

/** Names of other programs say by their `:` what they are. */
function checkDefined(parameter: JobParameter): void {
  const { name } = parameter;
  if (!isValueOnly(parameter) || name.includes(':')) return;
  const problem = `Parameter value was provided for an undefined parameter "${name}"`;
  throw new BundleError(problem, { file: 'parameter_values', field: name });
}

function mergedParameter(queue: JobParameter, bundle: JobParameter): JobParameter {
  const { value, default: otherwise } = bundle;
  return {
    ...queue,
    ...(value !== undefined && { value }),
    ...(otherwise !== undefined && { default: otherwise }),
  };
}

const COMPARED = [
  'type',
  'minValue',
  'maxValue',
  'minLength',
  'maxLength',
  'dataFlow',
  'objectType',
] as const;
const ITEM_COMPARED = ['minLength', 'maxLength', 'minValue', 'maxValue'] as const;

/** Members in which two definitions of one parameter differ; defaults and what a user sees do not count. */
export function definitionDifferences(a: JobParameter, b: JobParameter): string[] {
  return [
    ...COMPARED.filter((name) => !isSameValue(a[name], b[name])),
    ...(isSameSet(a['allowedValues'], b['allowedValues']) ? [] : ['allowedValues']),
    ...(isSameItem(a['item'], b['item']) ? [] : ['item']),
  ];
}

function isSameSet(a: DocumentValue | undefined, b: DocumentValue | undefined): boolean {
  if (!isList(a) || !isList(b)) return isSameValue(a, b);
  const isIn = (value: DocumentValue, list: readonly DocumentValue[]): boolean =>
    list.some((one) => isSameValue(one, value));
  return a.every((value) => isIn(value, b)) && b.every((value) => isIn(value, a));
}

/** No `item` is the same as one without constraints. */
function isSameItem(a: DocumentValue = {}, b: DocumentValue = {}): boolean {
  if (!isDocumentObject(a) || !isDocumentObject(b)) return isSameValue(a, b);
  if (!isSameSet(a['allowedValues'], b['allowedValues'])) return false;
  return ITEM_COMPARED.every((name) => isSameValue(a[name], b[name]));
}
