/** Flags that every command takes, before or after its name (spec/worker-and-cli.md 4.2). */
import { type Command, Option } from 'commander';
import { SETTINGS, type SettingName } from './setting-specs.js';
import type { GivenFlags } from './settings.js';

/** Declares the common flags. None has a default here: `settings.ts` knows where else a value may come from. */
export function addCommonFlags(program: Command): void {
  program
    .option('--store <where>', 'where the objects are: a directory, file:URI or s3://bucket/prefix')
    .addOption(
      new Option('--s3-root-uri <uri>', 'same as --store, for s3://bucket/prefix').conflicts('store'),
    )
    .option('--farm-id <id>', 'farm of the manifests')
    .option('--queue-id <id>', 'queue of the manifests')
    .option('--profile <name>', 'profile of the AWS configuration')
    .option('--region <name>', 'region of the bucket, and of the service')
    .option('--endpoint-url <url>', 'endpoint of every service')
    .option('--s3-endpoint-url <url>', 'endpoint of S3')
    .option('--deadline-endpoint-url <url>', 'endpoint of AWS Deadline Cloud')
    .option('--force-path-style', 'name the bucket in the path, not in the host')
    .option('--bucket-owner <account>', 'account that has to own the bucket: 12 digits, caller or none')
    .option('--s3-client <name>', 'direct or sdk')
    .option('--concurrency <n>', 'operations at once')
    .option('--existence <how>', 'how the store is asked what it holds: auto, head, list or put')
    .option('--max-bandwidth <size>', 'bytes per second at most, such as 50MB')
    .option('--cache-dir <dir>', 'directory of the caches')
    .option('--no-cache', 'neither read nor write the caches')
    .option('--json', 'print one JSON document; --json=envelope forces the form with status and statistics')
    .addOption(new Option('--json-envelope').hideHelp())
    .option('--quiet', 'print only results and errors')
    .option('--progress <how>', 'auto, bar, lines or none')
    .option('--log-level <level>', 'error, warning, info or debug')
    .option('--log-format <format>', 'text or json')
    .option('--redirect-output <file>', 'file that takes all output')
    .option('--redirect-mode <how>', 'append or replace, for a file that is there')
    .option('--color <when>', 'auto, always or never')
    .option('--yes', 'agree without being asked, but to known places only');
}

/** Parser's names that are not the setting's own. */
const ALIASES: Readonly<Record<string, (value: unknown) => readonly [SettingName, string]>> = {
  s3RootUri: (value) => ['store', String(value)],
  s3CasUri: (value) => ['store', String(value)],
  s3CasPath: (value) => ['store', String(value)],
  jobAttachmentsFileSystem: (value) => ['fileSystem', String(value)],
  cache: (value) => ['noCache', String(value !== true)],
  jsonEnvelope: () => ['json', 'envelope'],
};

/** The settings among the flags that were really given, and the flags that are none. */
export function splitFlags(command: Command): { settings: GivenFlags; flags: Record<string, unknown> } {
  const settings: Partial<Record<SettingName, string>> = {};
  const flags: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(command.optsWithGlobals())) {
    if (command.getOptionValueSourceWithGlobals(name) !== 'cli') continue;
    const [setting, text] = ALIASES[name]?.(value) ?? [name, String(value)];
    if (!isSetting(setting)) flags[name] = value;
    // Of both spellings of --json the one that says more counts, in whatever order.
    else if (settings[setting] !== 'envelope') settings[setting] = text;
  }
  return { settings, flags };
}

function isSetting(name: string): name is SettingName {
  return Object.hasOwn(SETTINGS, name);
}
