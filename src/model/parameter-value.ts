/**
 * Whether a value is one that its parameter takes, and the value in the type that it is sent
 * as (spec/files-and-submission.md 7.4). Texts of errors are those of the Python library where
 * a user of it may know them.
 */
import { type DocumentValue, isList, pythonRepr } from './document-value.js';
import { type JobParameter, typeOfParameter } from './job-parameter.js';
import { checkList, isListType, toBool } from './list-value.js';
import { rangeExprProblem } from './range-expr.js';
import {
  checkLengths,
  failed,
  lengthOf,
  MAX_PARAMETER_LENGTH,
  shortRepr,
  tuple,
  wrongType,
} from './value-checks.js';

/**
 * `value` checked against type and constraints: a BOOL becomes a boolean, a list that was
 * given as JSON text a list. STRING, INT and FLOAT are looked at by `checkScalarValue`, when
 * they are sent. Throws `BundleError` naming the parameter.
 */
export function checkParameterValue(parameter: JobParameter, value: DocumentValue): DocumentValue {
  const type = typeOfParameter(parameter);
  if (type === 'PATH') return checkPath(parameter, value);
  if (type === 'BOOL') return checkBool(parameter, value);
  if (type === 'RANGE_EXPR') return checkRange(parameter, value);
  return isListType(type) ? checkList(parameter, type, value) : value;
}

function checkPath(parameter: JobParameter, value: DocumentValue): string {
  const { name } = parameter;
  if (typeof value !== 'string') throw wrongType(name, 'PATH', value);
  if (lengthOf(value) > MAX_PARAMETER_LENGTH) {
    throw failed(
      name,
      `value ${shortRepr(value)} is longer than the maximum of ${MAX_PARAMETER_LENGTH} characters.`,
    );
  }
  checkLengths(
    name,
    parameter,
    lengthOf(value),
    (limit, word) => `value ${pythonRepr(value)} is ${word} than ${limit}.`,
  );
  const allowed = parameter['allowedValues'];
  if (isList(allowed) && !allowed.includes(value)) {
    throw failed(name, `value ${pythonRepr(value)} is not an allowed value from ${tuple(allowed)}.`);
  }
  return value;
}

function checkBool({ name }: JobParameter, value: DocumentValue): boolean {
  const bool = toBool(value);
  if (bool !== undefined) return bool;
  throw failed(name, `has type BOOL but got value ${pythonRepr(value)} which is not boolean.`);
}

function checkRange(parameter: JobParameter, value: DocumentValue): string {
  const { name } = parameter;
  if (typeof value !== 'string') throw wrongType(name, 'RANGE_EXPR', value);
  const problem = rangeExprProblem(value);
  if (problem !== undefined) {
    throw failed(
      name,
      `has type RANGE_EXPR but got value ${pythonRepr(value)} which is not a valid range expression: ${problem}`,
    );
  }
  checkLengths(
    name,
    parameter,
    lengthOf(value),
    (limit, word) => `value ${pythonRepr(value)} is ${word} than ${limit}.`,
  );
  return value;
}
