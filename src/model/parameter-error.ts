/** Errors about one job parameter. */
import { BundleError } from './bundle-error.js';
import { type DocumentValue, isDocumentObject, isFloat, isInteger } from './document-value.js';

/** An error about the parameter `name`; the message already names it. */
export function parameterError(name: string, problem: string, file?: string): BundleError {
  return new BundleError(problem, { field: name, ...(file !== undefined && { file }) });
}

/** What Python calls the type of a value. */
export function pythonType(value: DocumentValue): string {
  if (value === null) return 'NoneType';
  if (typeof value === 'string') return 'str';
  if (typeof value === 'boolean') return 'bool';
  if (isInteger(value)) return 'int';
  if (isFloat(value)) return 'float';
  return isDocumentObject(value) ? 'dict' : 'list';
}
