/**
 * What is in force in the end, for `config show`: what flags, variables and configuration say, else what the AWS SDK finds,
 * else what the library does by itself.
 */
import {
  type AwsConfiguration,
  awsConfiguration,
  defaultCacheDir,
  FALLBACK_REGION,
  isAwsHost,
  SUBMIT_DEFAULTS,
  TRANSFER_DEFAULTS,
} from '../index.js';
import type { CommandContext } from './command.js';
import { errorLine } from './errors.js';
import { SETTINGS, type SettingName } from './options/setting-specs.js';
import type { Settings } from './options/settings.js';
import { defined, SMALL_FILE_UNIT_BYTES } from './services.js';

export interface Effective {
  /** As it would be given; `undefined` where nothing is. */
  readonly text: string | undefined;
  readonly origin: string;
}

type SomeSettings<T> = Readonly<Partial<Record<SettingName, T>>>;

/** Every setting. An AWS configuration that cannot be used is told in the log and counts as none. */
export async function effectiveSettings(
  context: CommandContext,
): Promise<Readonly<Record<SettingName, Effective>>> {
  const { settings, env } = context;
  const found = foundByAws(settings, env, await awsConfigurationOf(context));
  const builtIn = builtInDefaults(settings, settings.value('s3EndpointUrl') ?? found.s3EndpointUrl?.text);
  const effective = (name: SettingName): Effective => {
    const origin = settings.origin(name);
    if (origin !== 'default') return { text: settings.raw(name), origin };
    return found[name] ?? { text: settings.raw(name) ?? builtIn[name], origin };
  };
  const names = Object.keys(SETTINGS) as SettingName[];
  return Object.fromEntries(names.map((name) => [name, effective(name)])) as Record<SettingName, Effective>;
}

async function awsConfigurationOf({ settings, log }: CommandContext): Promise<AwsConfiguration> {
  try {
    return await awsConfiguration(settings.value('profile'));
  } catch (error) {
    log('warning', `the AWS configuration cannot be used: ${errorLine(error)}`);
    return {};
  }
}

/** What stands in for a setting that is not given: a more general one, a variable, the AWS config files. */
function foundByAws(
  settings: Settings,
  env: CommandContext['env'],
  { region, s3Endpoint, deadlineEndpoint }: AwsConfiguration,
): SomeSettings<Effective> {
  const variable = (...names: readonly string[]): Effective | undefined => {
    const name = names.find((each) => env[each]);
    return name === undefined ? undefined : { text: env[name], origin: `variable ${name}` };
  };
  const profile = settings.value('profile') ?? (env['AWS_PROFILE'] || DEFAULT_PROFILE);
  const inFile = (text: string | undefined): Effective | undefined =>
    text === undefined ? undefined : { text, origin: `AWS configuration, profile ${profile}` };
  const general = { text: settings.raw('endpointUrl'), origin: settings.origin('endpointUrl') };
  const endpoint = (service: string, text: string | undefined): Effective | undefined => {
    if (general.text !== undefined) return general;
    if (text === undefined) return undefined;
    return variable(`AWS_ENDPOINT_URL_${service}`, 'AWS_ENDPOINT_URL') ?? inFile(text);
  };
  return defined({
    profile: variable('AWS_PROFILE'),
    region: inFile(region),
    s3EndpointUrl: endpoint('S3', s3Endpoint),
    deadlineEndpointUrl: endpoint('DEADLINE', deadlineEndpoint),
    httpsProxy: variable('all_proxy', 'ALL_PROXY'),
  });
}

const DEFAULT_PROFILE = 'default';

/** Defaults that the library states and the table of settings does not know. */
function builtInDefaults(settings: Settings, s3Endpoint: string | undefined): SomeSettings<string> {
  return {
    profile: DEFAULT_PROFILE,
    ...SUBMIT_DEFAULTS,
    region: FALLBACK_REGION,
    forcePathStyle: String(s3Endpoint !== undefined),
    bucketOwner: s3Endpoint === undefined || isAws(s3Endpoint) ? 'caller' : 'none',
    concurrency: 'auto',
    s3MaxConnections: 'auto',
    smallFileThresholdMultiplier: String(TRANSFER_DEFAULTS.smallFileThresholdBytes / SMALL_FILE_UNIT_BYTES),
    existence: settings.value('forceS3Check') ? 'head' : 'auto',
    cacheDir: defaultCacheDir(),
  };
}

function isAws(endpoint: string): boolean {
  return URL.canParse(endpoint) && isAwsHost(new URL(endpoint).hostname);
}
