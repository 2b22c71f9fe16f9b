/**
 * Values of a parsed job bundle. JSON and YAML tell `1` from `1.0`, and what a job is sent
 * depends on it (spec/files-and-submission.md 7.4); a JavaScript number does not. So a number
 * without fraction is an integer, a {@link FloatNumber} is a float that has none, and an
 * integer beyond 2^53 is a bigint.
 */
import { floatText } from './python-float.js';
import { pythonString } from './python-literal.js';

/** A float without a fraction, for example `1.0`. */
export class FloatNumber {
  constructor(readonly value: number) {}
}

export type DocumentValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | FloatNumber
  | readonly DocumentValue[]
  | DocumentObject;

export interface DocumentObject {
  readonly [name: string]: DocumentValue;
}

export function isDocumentObject(value: unknown): value is DocumentObject {
  if (typeof value !== 'object' || value === null) return false;
  return !Array.isArray(value) && !(value instanceof FloatNumber);
}

export function isList(value: DocumentValue | undefined): value is readonly DocumentValue[] {
  return Array.isArray(value);
}

/** An integer, of any size. */
export function isInteger(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
}

/** A float that stays one: with a fraction, infinite, no number, or a {@link FloatNumber}. */
export function isFloat(value: unknown): value is number | FloatNumber {
  return value instanceof FloatNumber || (typeof value === 'number' && !Number.isInteger(value));
}

/** The number that `value` is, if it is one; integers beyond 2^53 are rounded. */
export function numberOf(value: unknown): number | undefined {
  if (value instanceof FloatNumber) return value.value;
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'number' ? value : undefined;
}

/** `value` as a document holds it. */
export function floatNumber(value: number): number | FloatNumber {
  return Number.isInteger(value) ? new FloatNumber(value) : value;
}

/** What Python's `str` makes of a value: `True`, `1.0`, `5`; texts as they are. */
export function pythonText(value: DocumentValue): string {
  return typeof value === 'string' ? value : pythonRepr(value);
}

/** What Python's `repr` makes of a value. */
export function pythonRepr(value: DocumentValue): string {
  if (typeof value === 'string') return pythonString(value);
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (isList(value)) return `[${value.map(pythonRepr).join(', ')}]`;
  if (isDocumentObject(value)) return pythonReprOfObject(value);
  return numberText(value);
}

function pythonReprOfObject(value: DocumentObject): string {
  const members = Object.entries(value).map(
    ([name, member]) => `${pythonString(name)}: ${pythonRepr(member)}`,
  );
  return `{${members.join(', ')}}`;
}

/** A number as Python prints it. */
export function numberText(value: number | bigint | FloatNumber): string {
  if (value instanceof FloatNumber) return Object.is(value.value, -0) ? '-0.0' : floatText(value.value);
  if (isInteger(value)) return BigInt(value).toString();
  if (Number.isFinite(value)) return floatText(value);
  return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
}

/** Whether two values are equal as Python compares them: `1`, `1.0` and `True` are. */
export function isSameValue(a: DocumentValue | undefined, b: DocumentValue | undefined): boolean {
  if (a === b) return true;
  if (isList(a) && isList(b)) return a.length === b.length && a.every((one, at) => isSameValue(one, b[at]));
  if (isDocumentObject(a) && isDocumentObject(b)) return isSameObject(a, b);
  const [x, y] = [comparable(a), comparable(b)];
  // `<=` compares a bigint with a number, which `===` never takes for the same.
  return x !== undefined && y !== undefined && x <= y && x >= y;
}

function isSameObject(a: DocumentObject, b: DocumentObject): boolean {
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => Object.hasOwn(b, name) && isSameValue(a[name], b[name]));
}

function comparable(value: DocumentValue | undefined): number | bigint | undefined {
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'bigint' ? value : numberOf(value);
}
