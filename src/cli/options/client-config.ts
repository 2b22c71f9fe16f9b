/**
 * The client library's configuration file, read only (spec/worker-and-cli.md 4.2): which
 * section a value nests in, and where the file is. Knows no flag and no variable but the
 * one that names the file.
 */
import { readFileSync, statSync } from 'node:fs';
import { devNull, homedir } from 'node:os';
import { join } from 'node:path';
import { localIoReason } from '../../index.js';
import { UsageError } from '../errors.js';
import { type Ini, parseIni } from './ini.js';

/** A value's place: which level it nests in, and its key there. */
export interface ConfigKey {
  readonly level: 'settings' | 'defaults' | 'profile' | 'farm' | 'farm-settings';
  readonly key: string;
}

/** What the nested sections are named after; a missing one makes its sections unreachable. */
export interface ConfigScope {
  readonly profile?: string | undefined;
  readonly farmId?: string | undefined;
}

export class ClientConfig {
  readonly #ini: Ini;

  constructor(
    /** Path of the file, whether or not it exists. */
    readonly file: string,
    ini: Ini,
  ) {
    this.#ini = ini;
  }

  /** The value and its section, unless it is absent or empty. */
  find(place: ConfigKey, scope: ConfigScope): { value: string; section: string } | undefined {
    const section = sectionOf(place, scope);
    if (section === undefined) return undefined;
    const value = this.#ini.get(section)?.get(place.key) ?? this.#ini.get('DEFAULT')?.get(place.key);
    return value ? { value, section } : undefined;
  }
}

const NO_PROFILE = '(default)';

function sectionOf({ level }: ConfigKey, { profile, farmId }: ConfigScope): string | undefined {
  const prefix = `profile-${profile ?? NO_PROFILE}`;
  if (level === 'settings' || level === 'defaults') return level;
  if (level === 'profile') return `${prefix} defaults`;
  if (farmId === undefined) return undefined;
  return level === 'farm' ? `${prefix} ${farmId} defaults` : `${prefix} ${farmId} settings`;
}

/** Reads the file; a missing one is empty. Throws {@link UsageError} for one that cannot be read or parsed. */
export function readClientConfig(env: Readonly<Record<string, string | undefined>>): ClientConfig {
  const file = env['DEADLINE_CONFIG_FILE_PATH'] || join(homedir(), '.deadline', 'config');
  try {
    return new ClientConfig(file, parseIni(readText(file)));
  } catch (cause) {
    if (isMissing(cause)) return new ClientConfig(file, new Map());
    throw new UsageError(`the configuration file ${file} cannot be read: ${localIoReason(cause)}`, { cause });
  }
}

/** Nothing could end the wait for a pipe or a device, because settings are read at once. */
function readText(file: string): string {
  if (file !== devNull && !statSync(file).isFile()) throw new Error('it is not a regular file');
  return readFileSync(file, 'utf8');
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
