/**
 * Every setting of the command line: its flag, its variables, its place in the client
 * library's configuration and its default, and the one rule by which they win
 * (spec/worker-and-cli.md 4.2). Knows no command.
 */
import { UsageError } from '../errors.js';
import type { ClientConfig, ConfigKey } from './client-config.js';
import { boolean, bytes, choice, count, exactChoice, type Parse, text } from './parse-value.js';

interface SettingSpec<T> {
  readonly flag: string;
  /** Variables, the first that is set and not empty counts. */
  readonly variables: readonly string[];
  readonly config?: ConfigKey;
  readonly parse: Parse<T>;
  readonly fallback?: T;
  /** Values of the configuration that mean "not set". */
  readonly unset?: readonly string[];
}

/** A setting whose default is stated here. */
type WithDefault<T> = SettingSpec<T> & { readonly fallback: T };

function setting<T>(
  flag: string,
  parse: Parse<T>,
  more: Partial<SettingSpec<NoInfer<T>>> & { fallback: NoInfer<T> },
): WithDefault<T>;
function setting<T>(flag: string, parse: Parse<T>, more?: Partial<SettingSpec<NoInfer<T>>>): SettingSpec<T>;
function setting<T>(flag: string, parse: Parse<T>, more: Partial<SettingSpec<T>> = {}): SettingSpec<T> {
  const own = `RX_ATTACHMENTS_${flag.slice(2).toUpperCase().replaceAll('-', '_')}`;
  return { flag, parse, ...more, variables: [own, ...(more.variables ?? [])] };
}

const SETTINGS_KEY = (key: string): { config: ConfigKey } => ({ config: { level: 'settings', key } });

/** The settings by name; the name is also the parser's name of the flag. */
export const SETTINGS = {
  store: setting('--store', text),
  profile: setting('--profile', text, { config: { level: 'defaults', key: 'aws_profile_name' } }),
  farmId: setting('--farm-id', text, {
    variables: ['DEADLINE_FARM_ID'],
    config: { level: 'profile', key: 'farm_id' },
  }),
  queueId: setting('--queue-id', text, {
    variables: ['DEADLINE_QUEUE_ID'],
    config: { level: 'farm', key: 'queue_id' },
  }),
  region: setting('--region', text),
  endpointUrl: setting('--endpoint-url', text),
  s3EndpointUrl: setting('--s3-endpoint-url', text),
  forcePathStyle: setting('--force-path-style', boolean),
  bucketOwner: setting('--bucket-owner', text),
  s3Client: setting('--s3-client', choice('direct', 'sdk'), { fallback: 'direct' }),
  s3MaxConnections: setting('--s3-max-connections', count, SETTINGS_KEY('s3_max_pool_connections')),
  httpsProxy: setting('--https-proxy', text, SETTINGS_KEY('https_proxy')),
  caBundle: setting('--ca-bundle', text, SETTINGS_KEY('ca_bundle')),
  concurrency: setting('--concurrency', count),
  maxBandwidth: setting('--max-bandwidth', bytes),
  cacheDir: setting('--cache-dir', text),
  noCache: setting('--no-cache', boolean, { fallback: false }),
  json: setting('--json', choice('false', 'true', 'envelope'), { fallback: 'false' }),
  quiet: setting('--quiet', boolean, { fallback: false }),
  progress: setting('--progress', choice('auto', 'bar', 'lines', 'none'), { fallback: 'auto' }),
  logLevel: setting('--log-level', choice('error', 'warning', 'info', 'debug'), {
    ...SETTINGS_KEY('log_level'),
    fallback: 'warning',
  }),
  logFormat: setting('--log-format', choice('text', 'json'), { fallback: 'text' }),
  color: setting('--color', choice('auto', 'always', 'never'), { fallback: 'auto' }),
  yes: setting('--yes', boolean, { ...SETTINGS_KEY('auto_accept'), fallback: false }),
  conflictResolution: setting('--conflict-resolution', choice('SKIP', 'OVERWRITE', 'CREATE_COPY'), {
    ...SETTINGS_KEY('conflict_resolution'),
    unset: ['NOT_SELECTED'],
    fallback: 'CREATE_COPY',
  }),
  existence: setting('--existence', choice('auto', 'head', 'list', 'put')),
  forceS3Check: setting('--force-s3-check', boolean, { ...SETTINGS_KEY('force_s3_check'), fallback: false }),
  fileSystem: setting('--file-system', exactChoice('COPIED', 'VIRTUAL'), {
    config: { level: 'farm', key: 'job_attachments_file_system' },
    fallback: 'COPIED',
  }),
  manifestVersion: setting('--manifest-version', choice('v2023-03-03', 'v2025-12-04-beta', 'v2025-12'), {
    fallback: 'v2023-03-03',
  }),
};

export type SettingName = keyof typeof SETTINGS;
type ValueOf<S> = S extends WithDefault<infer T> ? T : S extends SettingSpec<infer T> ? T | undefined : never;
export type SettingValue<N extends SettingName> = ValueOf<(typeof SETTINGS)[N]>;

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
