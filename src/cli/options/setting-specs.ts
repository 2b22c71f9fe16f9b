/**
 * Every setting of the command line: its flag, its variables, its place in the client
 * library's configuration and its default (spec/worker-and-cli.md 4.2). Which of them
 * counts: settings.ts. Knows no command.
 */
import type { ConfigKey } from './client-config.js';
import {
  boolean,
  bytes,
  choice,
  count,
  exactChoice,
  id,
  jsonForm,
  type Parse,
  text,
  wholeNumber,
} from './parse-value.js';

export interface SettingSpec<T> {
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
  profile: setting('--profile', text, {
    config: { level: 'defaults', key: 'aws_profile_name' },
    unset: ['(DEFAULT)'],
  }),
  farmId: setting('--farm-id', id, {
    variables: ['DEADLINE_FARM_ID'],
    config: { level: 'profile', key: 'farm_id' },
  }),
  queueId: setting('--queue-id', id, {
    variables: ['DEADLINE_QUEUE_ID'],
    config: { level: 'farm', key: 'queue_id' },
  }),
  region: setting('--region', text, { variables: ['AWS_REGION', 'AWS_DEFAULT_REGION'] }),
  farmRegion: setting('--farm-region', text, { config: { level: 'farm', key: 'farm_region' } }),
  storageProfile: setting('--storage-profile', text),
  storageProfileId: setting('--storage-profile-id', text, {
    config: { level: 'farm-settings', key: 'storage_profile_id' },
  }),
  endpointUrl: setting('--endpoint-url', text),
  s3EndpointUrl: setting('--s3-endpoint-url', text),
  deadlineEndpointUrl: setting('--deadline-endpoint-url', text),
  forcePathStyle: setting('--force-path-style', boolean),
  bucketOwner: setting('--bucket-owner', text),
  s3Client: setting('--s3-client', choice('direct', 'sdk'), { fallback: 'direct' }),
  s3MaxConnections: setting('--s3-max-connections', count, SETTINGS_KEY('s3_max_pool_connections')),
  smallFileThresholdMultiplier: setting(
    '--small-file-threshold-multiplier',
    count,
    SETTINGS_KEY('small_file_threshold_multiplier'),
  ),
  httpsProxy: setting('--https-proxy', text, {
    variables: ['https_proxy', 'HTTPS_PROXY'],
    ...SETTINGS_KEY('https_proxy'),
  }),
  caBundle: setting('--ca-bundle', text, { variables: ['AWS_CA_BUNDLE'], ...SETTINGS_KEY('ca_bundle') }),
  concurrency: setting('--concurrency', count),
  maxBandwidth: setting('--max-bandwidth', bytes),
  cacheDir: setting('--cache-dir', text),
  noCache: setting('--no-cache', boolean, { fallback: false }),
  json: setting('--json', jsonForm, { fallback: 'false' }),
  quiet: setting('--quiet', boolean, { fallback: false }),
  progress: setting('--progress', choice('auto', 'bar', 'lines', 'none'), { fallback: 'auto' }),
  logLevel: setting('--log-level', choice('error', 'warning', 'info', 'debug'), {
    ...SETTINGS_KEY('log_level'),
    fallback: 'warning',
  }),
  logFormat: setting('--log-format', choice('text', 'json'), { fallback: 'text' }),
  redirectOutput: setting('--redirect-output', text),
  redirectMode: setting('--redirect-mode', choice('append', 'replace'), { fallback: 'append' }),
  color: setting('--color', choice('auto', 'always', 'never'), { fallback: 'auto' }),
  yes: setting('--yes', boolean, { ...SETTINGS_KEY('auto_accept'), fallback: false }),
  conflictResolution: setting('--conflict-resolution', choice('SKIP', 'OVERWRITE', 'CREATE_COPY'), {
    ...SETTINGS_KEY('conflict_resolution'),
    unset: ['NOT_SELECTED'],
    fallback: 'CREATE_COPY',
  }),
  existence: setting('--existence', choice('auto', 'head', 'list', 'put')),
  forceS3Check: setting('--force-s3-check', boolean, { ...SETTINGS_KEY('force_s3_check'), fallback: false }),
  knownAssetPaths: setting('--known-asset-paths', text, SETTINGS_KEY('known_asset_paths')),
  priority: setting('--priority', wholeNumber, { fallback: 50 }),
  maxFailedTasksCount: setting('--max-failed-tasks-count', wholeNumber, {
    ...SETTINGS_KEY('max_failed_tasks_count'),
    fallback: 20,
  }),
  maxRetriesPerTask: setting('--max-retries-per-task', wholeNumber, {
    ...SETTINGS_KEY('max_retries_per_task'),
    fallback: 5,
  }),
  maxWorkerCount: setting('--max-worker-count', wholeNumber),
  targetTaskRunStatus: setting('--target-task-run-status', choice('READY', 'SUSPENDED')),
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
