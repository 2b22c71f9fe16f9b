/** Reads the flags of one command, which the parser hands over untyped. */
import type { Command } from 'commander';
import type { CommandFlags } from '../command.js';
import { UsageError } from '../errors.js';
import { isKeySegment } from './parse-value.js';

/** Declares a flag that may be given several times. */
export function repeatable(command: Command, flags: string, description: string): void {
  command.option(flags, `${description} (repeatable)`, (value: string, before: string[] | undefined) => [
    ...(before ?? []),
    value,
  ]);
}

export function flagText(flags: CommandFlags, name: string): string | undefined {
  const value = flags[name];
  return typeof value === 'string' ? value : undefined;
}

/** The path of a flag. Throws {@link UsageError} for an empty one, which would mean the working directory. */
export function flagPath(flags: CommandFlags, name: string): string | undefined {
  const [path] = nonEmpty(name, [flagText(flags, name)]);
  return path;
}

/** As {@link flagPath}, of a flag with several. */
export function flagPaths(flags: CommandFlags, name: string): readonly string[] {
  return nonEmpty(name, flagList(flags, name));
}

/** The folder of keys that a flag names. Throws {@link UsageError} for one that not every store could hold. */
export function flagKeyPrefix(flags: CommandFlags, name: string): string | undefined {
  const prefix = flagPath(flags, name);
  if (prefix === undefined || prefix.split('/').every(isKeySegment)) return prefix;
  const problem = `must be names joined by "/", none of them empty, "." or "..", not ${JSON.stringify(prefix)}`;
  throw new UsageError(`--${flagOf(name)} ${problem}`);
}

function nonEmpty<T>(name: string, paths: readonly T[]): readonly T[] {
  if (!paths.includes('' as T)) return paths;
  throw new UsageError(`--${flagOf(name)} is empty: was a variable not set?`);
}

function flagOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The text of a flag that must be given. Throws {@link UsageError} that names it. */
export function requiredText(flags: CommandFlags, name: string, label: string): string {
  const value = flagText(flags, name);
  if (value === undefined || value === '') throw new UsageError(`${label} is required`);
  return value;
}

export function flagList(flags: CommandFlags, name: string): readonly string[] {
  const value = flags[name];
  return Array.isArray(value) ? value.map(String) : [];
}

export function flagSwitch(flags: CommandFlags, name: string): boolean {
  return flags[name] === true;
}
