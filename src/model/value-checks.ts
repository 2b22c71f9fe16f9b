/** Checks that scalar values and items of lists share, and the errors of a value (spec/files-and-submission.md 7.4). */
import {
  type DocumentObject,
  type DocumentValue,
  isInteger,
  numberOf,
  pythonRepr,
} from './document-value.js';
import { parameterError, pythonType } from './parameter-error.js';

/** Code points of a path, and of an item of a list of texts, that CreateJob takes. */
export const MAX_PARAMETER_LENGTH = 1024;

/** Throws for a `length` beyond the constraints; `problem` words it. */
export function checkLengths(
  name: string,
  constraints: DocumentObject,
  length: number,
  problem: (limit: string, word: 'shorter' | 'longer') => string,
): void {
  const { minLength, maxLength } = constraints;
  if (isInteger(minLength) && length < minLength)
    throw failed(name, problem(`minLength ${minLength}`, 'shorter'));
  if (isInteger(maxLength) && length > maxLength)
    throw failed(name, problem(`maxLength ${maxLength}`, 'longer'));
}

/** A limit may be written as a text. */
export function limitOf(value: DocumentValue | undefined): number | undefined {
  return typeof value === 'string' ? Number(value) : numberOf(value);
}

/** Length in code points, as Python counts. */
export function lengthOf(text: string): number {
  return Array.from(text).length;
}

/** The beginning of a long text. */
export function shortRepr(text: string): string {
  return pythonRepr(`${Array.from(text).slice(0, 40).join('')}...`);
}

/** Values as Python prints a tuple of them. */
export function tuple(values: readonly DocumentValue[]): string {
  const items = values.map(pythonRepr).join(', ');
  return values.length === 1 ? `(${items},)` : `(${items})`;
}

export function wrongType(name: string, type: string, value: DocumentValue): Error {
  return failed(
    name,
    `has type ${type} but got value ${pythonRepr(value)} of type <class '${pythonType(value)}'>.`,
  );
}

export function failed(name: string, problem: string): Error {
  return parameterError(name, `Job parameter ${pythonRepr(name)} ${problem}`);
}
