/**
 * Whether a value is one that a STRING, INT or FLOAT parameter can have. The Python library
 * leaves it to the service, which says so when everything was uploaded; constraints are left
 * to it here too (spec/files-and-submission.md 7.4).
 */
import {
  type DocumentValue,
  isDocumentObject,
  isFloat,
  isInteger,
  isList,
  pythonRepr,
} from './document-value.js';
import { failed, wrongType } from './value-checks.js';

export type ScalarType = 'STRING' | 'INT' | 'FLOAT';

const TEXTS = {
  INT: { pattern: /^\s*[+-]?\d+\s*$/, what: 'an integer' },
  FLOAT: { pattern: /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/, what: 'a number' },
} as const;

/** Throws `BundleError` naming the parameter `name`. */
export function checkScalarValue(name: string, type: ScalarType, value: DocumentValue): void {
  if (isList(value) || isDocumentObject(value) || value === null) throw wrongType(name, type, value);
  if (type === 'STRING' || isInteger(value) || isFloat(value)) return;
  if (typeof value === 'boolean') throw wrongType(name, type, value);
  const { pattern, what } = TEXTS[type];
  if (!pattern.test(String(value)))
    throw failed(name, `has type ${type} but got value ${pythonRepr(value)} which is not ${what}.`);
}
