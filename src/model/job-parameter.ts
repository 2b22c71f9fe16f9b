/**
 * Parameters of a job: a definition of a template or queue, and the value that it was given
 * (spec/files-and-submission.md 7.4). Types and their names; checks are in
 * check-definition.ts and parameter-value.ts.
 */
import { type DocumentObject, type DocumentValue, isDocumentObject } from './document-value.js';

/** A definition with its value, as the documents write them; a value without definition has only a name. */
export type JobParameter = DocumentObject & { readonly name: string };

/** Name of each type in a CreateJob request. */
export const PARAMETER_TYPES = {
  STRING: 'string',
  PATH: 'path',
  INT: 'int',
  FLOAT: 'float',
  BOOL: 'bool',
  RANGE_EXPR: 'rangeExpr',
  'LIST[STRING]': 'stringList',
  'LIST[PATH]': 'pathList',
  'LIST[INT]': 'intList',
  'LIST[FLOAT]': 'floatList',
  'LIST[BOOL]': 'boolList',
  'LIST[LIST[INT]]': 'intListList',
} as const;
export type ParameterType = keyof typeof PARAMETER_TYPES;

export function isParameterType(value: unknown): value is ParameterType {
  return typeof value === 'string' && Object.hasOwn(PARAMETER_TYPES, value);
}

/** The type of `parameter`; nothing for one that is only a value. */
export function typeOfParameter({ type }: JobParameter): ParameterType | undefined {
  return isParameterType(type) ? type : undefined;
}

export const DATA_FLOWS = ['NONE', 'IN', 'OUT', 'INOUT'] as const;

/** Extension of OpenJD with which types may be in any case and paths may be URIs. */
const EXPR = 'EXPR';

/** Whether a template declares the `EXPR` extension. */
export function usesExpr({ extensions }: DocumentObject): boolean {
  return Array.isArray(extensions) && extensions.includes(EXPR);
}

/** `definition` of `template`, its type in capitals where the template may write it otherwise. */
export function withKnownType(definition: DocumentValue, template: DocumentObject): DocumentValue {
  if (!usesExpr(template) || !isDocumentObject(definition)) return definition;
  const { type } = definition;
  return typeof type === 'string' ? { ...definition, type: type.toUpperCase() } : definition;
}

const URI = /^[A-Za-z][A-Za-z0-9+.-]+:\/\//;

/** Whether a path parameter's value is a URI, which is neither joined nor referenced. */
export function isUri(value: string): boolean {
  return URI.test(value);
}

/** Whether `parameter` is nothing but a value for a name. */
export function isValueOnly(parameter: JobParameter): boolean {
  return Object.keys(parameter).every((name) => name === 'name' || name === 'value');
}

/** The items of a list of paths, given as a list or as JSON text; nothing for anything else. */
export function pathItems(value: DocumentValue | undefined): readonly string[] | undefined {
  const list = typeof value === 'string' ? parsed(value) : value;
  return Array.isArray(list) && list.every((item) => typeof item === 'string') ? list : undefined;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
