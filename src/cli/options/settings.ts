/**
 * The settings of one run: which of flag, variable, configuration and default counts
 * (spec/worker-and-cli.md 4.2). Knows no command, and no setting by name.
 */
import { UsageError } from '../errors.js';
import type { ClientConfig, ConfigKey } from './client-config.js';
import { SETTINGS, type SettingName, type SettingSpec, type SettingValue } from './setting-specs.js';

/** Flags as given on the command line, by setting name; a flag that was not given is absent. */
export type GivenFlags = Readonly<Partial<Record<SettingName, string>>>;

interface Found {
  readonly text: string;
  /** Where the text stands, for messages and for `config show`. */
  readonly origin: string;
}

/** The effective settings of one run. Values are parsed when asked for, so a bad one fails only the commands that use it. */
export class Settings {
  readonly #flags: GivenFlags;
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #config: () => ClientConfig;

  constructor(
    flags: GivenFlags,
    env: Readonly<Record<string, string | undefined>>,
    config: () => ClientConfig,
  ) {
    this.#flags = flags;
    this.#env = env;
    this.#config = config;
  }

  /** The value in force. Throws {@link UsageError} that names the flag, variable or section of a bad one. */
  value<N extends SettingName>(name: N): SettingValue<N> {
    const spec: SettingSpec<unknown> = SETTINGS[name];
    const found = this.#find(name, spec);
    return (found ? parsed(found, spec) : spec.fallback) as SettingValue<N>;
  }

  /** Where the value in force comes from: a flag, a variable, the configuration file or the default. */
  origin(name: SettingName): string {
    return this.#find(name, SETTINGS[name])?.origin ?? 'default';
  }

  /** The text in force before it is parsed, or the default's. */
  raw(name: SettingName): string | undefined {
    const spec: SettingSpec<unknown> = SETTINGS[name];
    return this.#find(name, spec)?.text ?? (spec.fallback === undefined ? undefined : String(spec.fallback));
  }

  #find(name: SettingName, spec: SettingSpec<unknown>): Found | undefined {
    const flag = this.#flags[name];
    if (flag !== undefined) return { text: flag, origin: `flag ${spec.flag}` };
    const variable = spec.variables.find((each) => this.#env[each]);
    if (variable !== undefined) return { text: this.#env[variable] ?? '', origin: `variable ${variable}` };
    return spec.config && this.#configured(spec.config, spec.unset ?? []);
  }

  #configured(place: ConfigKey, unset: readonly string[]): Found | undefined {
    const nested = place.level !== 'settings' && place.level !== 'defaults';
    const scope = nested
      ? {
          profile: this.value('profile'),
          farmId: place.level === 'profile' ? undefined : this.value('farmId'),
        }
      : {};
    const found = this.#config().find(place, scope);
    if (!found || unset.includes(found.value.toUpperCase())) return undefined;
    return { text: found.value, origin: `${this.#config().file} [${found.section}] ${place.key}` };
  }
}

function parsed(found: Found, spec: SettingSpec<unknown>): unknown {
  try {
    return spec.parse(found.text);
  } catch (cause) {
    const where = found.origin.replace(/^flag /, '');
    throw new UsageError(`${where} ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
