/** `config show`: the settings in force and where each comes from. */
import type { Command } from 'commander';
import { defaultCacheDir, redactAddresses } from '../../index.js';
import type { CommandContext, CommandOutcome } from '../command.js';
import { SETTINGS, type SettingName } from '../options/setting-specs.js';
import { table } from '../output/table.js';

export function define(_command: Command): void {}

interface ShownSetting {
  /** The flag without its dashes. */
  readonly name: string;
  readonly value: string | null;
  readonly origin: string;
}

export async function run(context: CommandContext): Promise<CommandOutcome> {
  const names = Object.keys(SETTINGS) as SettingName[];
  const shown = names.map((name) => shownSetting(context, name));
  const rows = shown.map(({ name, value, origin }): [string, string] => [
    name,
    `${value ?? '(not set)'}  (${origin})`,
  ]);
  return { text: table(rows), result: { settings: shown } };
}

function shownSetting({ settings }: CommandContext, name: SettingName): ShownSetting {
  const raw = settings.raw(name) ?? BUILT_IN[name]?.() ?? null;
  return {
    name: SETTINGS[name].flag.slice(2),
    value: raw === null ? null : redactAddresses(raw),
    origin: settings.origin(name),
  };
}

/** Defaults that the library states and the table of settings does not know. */
const BUILT_IN: Readonly<Partial<Record<SettingName, () => string>>> = {
  cacheDir: defaultCacheDir,
  farmId: () => 'farm-local',
  queueId: () => 'queue-local',
};
