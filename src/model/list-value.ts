/** Values of list parameters: their items checked and in the type that is sent (spec/files-and-submission.md 7.4). */
import {
  type DocumentObject,
  type DocumentValue,
  floatNumber,
  isDocumentObject,
  isFloat,
  isInteger,
  isList,
  isSameValue,
  numberOf,
  pythonRepr,
} from './document-value.js';
import type { JobParameter, ParameterType } from './job-parameter.js';
import { parseJsonDocument } from './json-document.js';
import { pythonType } from './parameter-error.js';
import {
  checkLengths,
  failed,
  lengthOf,
  limitOf,
  MAX_PARAMETER_LENGTH,
  shortRepr,
  tuple,
  wrongType,
} from './value-checks.js';

/** Items that CreateJob takes. */
export const MAX_LIST_ITEMS = {
  'LIST[STRING]': 64,
  'LIST[PATH]': 64,
  'LIST[INT]': 512,
  'LIST[FLOAT]': 512,
  'LIST[BOOL]': 512,
  'LIST[LIST[INT]]': 512,
} as const;
export type ListType = keyof typeof MAX_LIST_ITEMS;

export function isListType(type: ParameterType | undefined): type is ListType {
  return type !== undefined && Object.hasOwn(MAX_LIST_ITEMS, type);
}

/** The list that `given` is, or that its JSON text holds. Throws `BundleError` naming the parameter. */
export function checkList(parameter: JobParameter, type: ListType, given: DocumentValue): DocumentValue {
  const { name } = parameter;
  const list = listOf(name, type, given).map((item, index) => checkItem(name, type, item, index));
  const most = MAX_LIST_ITEMS[type];
  if (list.length > most) throw failed(name, `has ${list.length} items but at most ${most} are allowed.`);
  checkLengths(name, parameter, list.length, (limit) => `has ${list.length} items but ${limit} is set.`);
  const { item: constraints } = parameter;
  if (isDocumentObject(constraints)) {
    for (const [index, item] of list.entries()) checkItemLimits(name, constraints, item, index);
  }
  return list;
}

function listOf(name: string, type: ListType, given: DocumentValue): readonly DocumentValue[] {
  const value = typeof given === 'string' ? parsedList(name, type, given) : given;
  if (isList(value)) return value;
  throw wrongType(name, type, value);
}

function parsedList(name: string, type: ListType, text: string): DocumentValue {
  try {
    return parseJsonDocument(text);
  } catch (cause) {
    const problem = `has type ${type} but got value ${pythonRepr(text)} which is not a JSON array.`;
    throw Object.assign(failed(name, problem), { cause });
  }
}

const INT64 = 2n ** 63n;

function checkItem(name: string, type: ListType, item: DocumentValue, index: number): DocumentValue {
  if (type === 'LIST[LIST[INT]]' && isList(item)) {
    return item.map((inner) => checkItem(name, 'LIST[INT]', inner, index));
  }
  const checked = convertedItem(type, item);
  if (checked === undefined) {
    const problem = `has type ${type} but item ${index} is ${pythonRepr(item)} of type <class '${pythonType(item)}'>.`;
    throw failed(name, problem);
  }
  if (type === 'LIST[INT]' && isInteger(checked) && (checked < -INT64 || checked >= INT64)) {
    throw failed(name, `item ${index} ${checked} is outside the 64-bit integer range.`);
  }
  if (typeof checked === 'string' && lengthOf(checked) > MAX_PARAMETER_LENGTH) {
    const problem = `item ${index} ${shortRepr(checked)} is longer than the maximum of ${MAX_PARAMETER_LENGTH} characters.`;
    throw failed(name, problem);
  }
  return checked;
}

/** The item as it is sent; nothing where it is of another type. */
function convertedItem(type: ListType, item: DocumentValue): DocumentValue | undefined {
  if (type === 'LIST[STRING]' || type === 'LIST[PATH]') return typeof item === 'string' ? item : undefined;
  if (type === 'LIST[BOOL]') return toBool(item);
  if (type === 'LIST[INT]') return isInteger(item) ? item : undefined;
  if (type === 'LIST[LIST[INT]]' || !(isInteger(item) || isFloat(item))) return undefined;
  const value = numberOf(item);
  return value !== undefined && Number.isFinite(value) ? floatNumber(value) : undefined;
}

function checkItemLimits(
  name: string,
  constraints: DocumentObject,
  item: DocumentValue,
  index: number,
): void {
  const shown = `item ${index} ${pythonRepr(item)}`;
  if (typeof item === 'string') {
    checkLengths(
      name,
      constraints,
      lengthOf(item),
      (limit, word) => `${shown} is ${word} than item ${limit}.`,
    );
  }
  const value = numberOf(item);
  const [least, most] = [limitOf(constraints['minValue']), limitOf(constraints['maxValue'])];
  if (value !== undefined && least !== undefined && value < least) {
    throw failed(name, `${shown} is less than item minValue ${least}.`);
  }
  if (value !== undefined && most !== undefined && value > most) {
    throw failed(name, `${shown} is greater than item maxValue ${most}.`);
  }
  const allowed = constraints['allowedValues'];
  if (isList(allowed) && !allowed.some((one) => isSameValue(one, item))) {
    throw failed(name, `${shown} is not an allowed value from ${tuple(allowed)}.`);
  }
}

const TRUE = new Set(['true', 'yes', 'on', '1']);
const FALSE = new Set(['false', 'no', 'off', '0']);

/** The boolean that OpenJD takes `value` for; nothing where it is none. */
export function toBool(value: DocumentValue): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value.toLowerCase() : String(numberOf(value));
  return TRUE.has(text) ? true : FALSE.has(text) ? false : undefined;
}
