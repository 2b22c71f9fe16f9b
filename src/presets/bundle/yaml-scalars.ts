/**
 * What a scalar of YAML 1.1 means, as PyYAML's safe loader reads it: by the tag that stands before it, else by its text
 * if it is plain. Floats need a dot, octal numbers begin with 0, `yes` and `on` are booleans. Pure.
 */
import { type DocumentValue, type FloatNumber, floatNumber } from '../../model/document-value.js';

export const YAML_TAG = 'tag:yaml.org,2002:';

const NULL = /^(?:~|null|Null|NULL|)$/;
const BOOL = /^(?:(yes|Yes|YES|true|True|TRUE|on|On|ON)|no|No|NO|false|False|FALSE|off|Off|OFF)$/;
const INT = /^[-+]?(?:0b[01_]+|0[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+|[1-9][0-9_]*(?::[0-5]?[0-9])+)$/;
const FLOAT =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const TIMESTAMP =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})$|^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[Tt]|[ \t]+)([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]*))?(?:[ \t]*(?:(Z)|([-+])([0-9]{1,2})(?::([0-9]{2}))?))?$/;
/** A float where its tag says so. */
const NUMBER = /^[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$/;

/** The value of a plain scalar without a tag. Throws `SyntaxError` for one that no value can be made of. */
export function plainValue(text: string): DocumentValue {
  if (NULL.test(text)) return null;
  if (BOOL.test(text)) return boolOf(text);
  if (FLOAT.test(text)) return floatOf(text);
  if (INT.test(text)) return intOf(text);
  if (TIMESTAMP.test(text)) return timestampOf(text);
  if (text === '=' || text === '<<') throw new SyntaxError(`a lone "${text}" has no meaning here: quote it`);
  return text;
}

/** The value of a scalar with `tag`; nothing for a tag that no scalar has. Throws `SyntaxError` for a text that does not fit. */
export function taggedValue(tag: string, text: string): { readonly value: DocumentValue } | undefined {
  const read = TAGS[tag];
  return read && { value: read(text) };
}

const TAGS: Readonly<Record<string, (text: string) => DocumentValue>> = {
  [`${YAML_TAG}str`]: (text) => text,
  [`${YAML_TAG}null`]: () => null,
  [`${YAML_TAG}bool`]: boolOf,
  [`${YAML_TAG}int`]: intOf,
  [`${YAML_TAG}float`]: floatOf,
  [`${YAML_TAG}timestamp`]: timestampOf,
};

function boolOf(text: string): boolean {
  const word = BOOL.exec(text.toLowerCase());
  if (!word) throw noValue(text, 'boolean');
  return word[1] !== undefined;
}

/** As many digits as Python reads in one number. */
const MAX_DIGITS = 4300;
const PREFIXES: Readonly<Record<string, string>> = { '0b': '0b', '0x': '0x', '0': '0o' };

function intOf(text: string): number | bigint {
  const [, sign = '', digits = ''] = /^([-+]?)(.*)$/s.exec(text.replaceAll('_', '')) ?? [];
  if (
    !INT.test(text) ||
    !/[0-9a-fA-F]$/.test(digits) ||
    digits.length > MAX_DIGITS ||
    /^0[bx]$/.test(digits)
  ) {
    throw noValue(text, 'integer');
  }
  const [prefix = ''] = /^0[bx]?(?=.)/.exec(digits) ?? [];
  const magnitude = digits.includes(':')
    ? digits.split(':').reduce((sum, part) => sum * 60n + BigInt(part), 0n)
    : BigInt(`${PREFIXES[prefix] ?? ''}${digits.slice(prefix.length)}`);
  const value = sign === '-' ? -magnitude : magnitude;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function floatOf(text: string): number | FloatNumber {
  const [, sign = '', digits = ''] = /^([-+]?)(.*)$/s.exec(text.replaceAll('_', '').toLowerCase()) ?? [];
  return floatNumber(sign === '-' ? -magnitudeOf(digits, text) : magnitudeOf(digits, text));
}

function magnitudeOf(digits: string, text: string): number {
  if (digits === '.inf') return Number.POSITIVE_INFINITY;
  if (digits === '.nan') return Number.NaN;
  const parts = digits.split(':');
  if (!parts.every((part) => NUMBER.test(part))) throw noValue(text, 'float');
  return parts.reduce((sum, part) => sum * 60 + Number(part), 0);
}

/** The text that Python's `str` makes of a date or a time: documents of a bundle have no value for it. */
function timestampOf(text: string): string {
  const match = TIMESTAMP.exec(text);
  if (!match) throw noValue(text, 'timestamp');
  const [, y, m, d, year = y, month = m, day = d, hour, minute = '', second = '', fraction = ''] = match;
  const date = [year, pad(month), pad(day)].join('-');
  if (!isDate(Number(year), Number(month), Number(day))) throw noValue(text, 'date');
  if (hour === undefined) return date;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) throw noValue(text, 'time');
  const micros = fraction.slice(0, 6).padEnd(6, '0');
  const parts = /^0*$/.test(micros) ? '' : `.${micros}`;
  return `${date} ${pad(hour)}:${minute}:${second}${parts}${zoneOf(match, text)}`;
}

function zoneOf(match: RegExpExecArray, text: string): string {
  const [utc, sign, hours, minutes = '00'] = match.slice(11);
  if (utc !== undefined) return '+00:00';
  if (sign === undefined || hours === undefined) return '';
  if (Number(hours) * 60 + Number(minutes) >= 24 * 60) throw noValue(text, 'time');
  const isZero = Number(hours) + Number(minutes) === 0;
  const total = Number(hours) * 60 + Number(minutes);
  return `${isZero ? '+' : sign}${pad(String(Math.floor(total / 60)))}:${pad(String(total % 60))}`;
}

function pad(text = ''): string {
  return text.padStart(2, '0');
}

function isDate(year: number, month: number, day: number): boolean {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return year > 0 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function noValue(text: string, kind: string): SyntaxError {
  return new SyntaxError(`${JSON.stringify(text.slice(0, 60))} is no ${kind}`);
}
