/** Checks of option values, made while composing so that a bad one fails at its call. */
import { OptionError } from './errors.js';

/** `value` if it is a whole number of at least 1; otherwise an {@link OptionError} that names the option. */
export function positiveInteger(option: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new OptionError(option, `must be a whole number of at least 1, not ${String(value)}`);
  }
  return value;
}

/** Like {@link positiveInteger}, but `Infinity` and fractions pass: a bound, not a count. */
export function atLeastOne(option: string, value: number): number {
  if (!(value >= 1)) throw new OptionError(option, `must be a number of at least 1, not ${String(value)}`);
  return value;
}
