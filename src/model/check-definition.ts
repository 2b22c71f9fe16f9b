/**
 * Whether a parameter's definition is one (spec/files-and-submission.md 7.4): what a
 * submission relies on, not the whole of OpenJD, which the service checks.
 */
import {
  type DocumentObject,
  type DocumentValue,
  isDocumentObject,
  isInteger,
  isList,
  numberOf,
  pythonText,
} from './document-value.js';
import {
  DATA_FLOWS,
  isParameterType,
  type JobParameter,
  PARAMETER_TYPES,
  type ParameterType,
} from './job-parameter.js';
import { isListType, MAX_LIST_ITEMS } from './list-value.js';
import { parameterError, pythonType } from './parameter-error.js';
import { checkParameterValue } from './parameter-value.js';

export interface CheckDefinitionOptions {
  /** Every definition of a queue environment has a default. */
  readonly defaultRequired?: boolean;
  /** Values without definition belong to other programs and need no type. */
  readonly typeRequired?: boolean;
  /** Where the definition stands, for errors. */
  readonly file: string;
}

/** `definition` if it can be used. Throws `BundleError` naming file and parameter. */
export function checkDefinition(definition: DocumentValue, options: CheckDefinitionOptions): JobParameter {
  const { file } = options;
  if (!isDocumentObject(definition)) {
    throw parameterError('', `Expected a dict for job parameter, but got ${pythonType(definition)}`, file);
  }
  const { name } = definition;
  if (typeof name !== 'string' || name === '') {
    throw parameterError('', `Job parameter must have a "name" that is a text and not empty`, file);
  }
  const problem = definitionProblem(definition, options) ?? valuesProblem({ ...definition, name });
  if (problem !== undefined) throw parameterError(name, `Job parameter "${name}" ${problem}`, file);
  return { ...definition, name };
}

function definitionProblem(definition: DocumentObject, options: CheckDefinitionOptions): string | undefined {
  const { type, default: otherwise } = definition;
  if (type === undefined && options.typeRequired === true) return 'is missing required key "type"';
  if (type !== undefined && !isParameterType(type)) return typeProblem(type);
  if (otherwise === null) return 'had None for "default" but expected a value';
  if (otherwise === undefined && options.defaultRequired === true) return 'is missing required key "default"';
  return (
    (isParameterType(type) ? unsupportedProblem(definition, type) : undefined) ??
    constraintsProblem(definition, '') ??
    itemProblem(definition) ??
    choiceProblem(definition, 'dataFlow', DATA_FLOWS) ??
    choiceProblem(definition, 'objectType', ['FILE', 'DIRECTORY']) ??
    interfaceProblem(definition['userInterface'])
  );
}

function typeProblem(type: DocumentValue): string {
  const known = Object.keys(PARAMETER_TYPES).map((one) => `"${one}"`);
  return `had "type" ${pythonText(type)} but expected one of (${known.join(', ')})`;
}

const NUMBER_LIMITS = ['minValue', 'maxValue'] as const;
const LENGTH_LIMITS = ['minLength', 'maxLength'] as const;

function unsupportedProblem(definition: DocumentObject, type: ParameterType): string | undefined {
  const fields = unsupportedFields(type).filter((field) => definition[field] !== undefined);
  return fields[0] === undefined ? undefined : `has "${fields[0]}" but type "${type}" does not support it`;
}

function unsupportedFields(type: ParameterType): readonly string[] {
  if (type === 'BOOL') return ['item', 'allowedValues', ...LENGTH_LIMITS, ...NUMBER_LIMITS];
  if (type === 'RANGE_EXPR') return ['item', 'allowedValues', ...NUMBER_LIMITS];
  if (!isListType(type)) return ['item'];
  const pathOnly = type === 'LIST[PATH]' ? [] : ['objectType', 'dataFlow'];
  const noItem = type === 'LIST[BOOL]' || type === 'LIST[LIST[INT]]' ? ['item'] : [];
  return ['allowedValues', ...NUMBER_LIMITS, ...pathOnly, ...noItem];
}

function itemProblem({ item }: DocumentObject): string | undefined {
  if (item === undefined) return undefined;
  return isDocumentObject(item) ? constraintsProblem(item, '"item" -> ') : 'must have an object as "item"';
}

/** `within` stands before the names of members, for those of an item. */
function constraintsProblem(constraints: DocumentObject, within: string): string | undefined {
  const { allowedValues } = constraints;
  if (allowedValues !== undefined && !isList(allowedValues)) {
    return `got ${pythonType(allowedValues)} for ${within}"allowedValues" but expected list`;
  }
  for (const field of LENGTH_LIMITS) {
    const value = constraints[field];
    if (value === undefined) continue;
    if (!isInteger(value) || value < 0) return `must have an integer of at least 0 as ${within}"${field}"`;
  }
  for (const field of NUMBER_LIMITS) {
    const value = constraints[field];
    if (value === undefined || numberOf(value) !== undefined) continue;
    if (typeof value !== 'string' || value.trim() === '' || Number.isNaN(Number(value))) {
      return `must have a number as ${within}"${field}"`;
    }
  }
  return undefined;
}

function choiceProblem(
  definition: DocumentObject,
  field: string,
  choices: readonly string[],
): string | undefined {
  const value = definition[field];
  if (value === undefined || (typeof value === 'string' && choices.includes(value))) return undefined;
  return `got ${JSON.stringify(pythonText(value))} for "${field}" but expected one of (${choices.map((one) => `"${one}"`).join(', ')})`;
}

function interfaceProblem(userInterface: DocumentValue | undefined): string | undefined {
  if (userInterface === undefined || isDocumentObject(userInterface)) return undefined;
  return `got ${pythonType(userInterface)} for "userInterface" but expected dict`;
}

/** Types whose default is checked like a value; defaults of the others are the service's to check. */
function valuesProblem(parameter: JobParameter): string | undefined {
  const { type, default: otherwise, minLength } = parameter;
  if (!isParameterType(type) || otherwise === undefined) return undefined;
  if (isListType(type) && !isList(otherwise))
    return `got ${pythonType(otherwise)} for "default" but type "${type}" expects list`;
  if (isListType(type) && isInteger(minLength) && minLength > MAX_LIST_ITEMS[type]) {
    return `has "minLength" ${minLength}, which no list can have`;
  }
  if (!isListType(type) && type !== 'PATH' && type !== 'RANGE_EXPR') return undefined;
  try {
    checkParameterValue(parameter, otherwise);
    return undefined;
  } catch (error) {
    return `has a "default" that is no value for it: ${(error as Error).message}`;
  }
}
