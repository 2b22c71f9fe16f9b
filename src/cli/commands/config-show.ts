/** `config show`: the settings in force and where each comes from. */
import type { Command } from 'commander';
import { redactAddresses } from '../../index.js';
import type { CommandContext, CommandOutcome } from '../command.js';
import { type Effective, effectiveSettings } from '../effective-settings.js';
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
  const effective = await effectiveSettings(context);
  const names = Object.keys(SETTINGS) as SettingName[];
  const shown = names.map((name) => shownSetting(name, effective[name]));
  const rows = shown.map(({ name, value, origin }): [string, string] => [
    name,
    `${value ?? '(not set)'}  (${origin})`,
  ]);
  return { text: table(rows), result: { settings: shown } };
}

function shownSetting(name: SettingName, { text, origin }: Effective): ShownSetting {
  const value = text === undefined ? null : shownText(name, text);
  return { name: SETTINGS[name].flag.slice(2), value, origin };
}

/** A proxy may be written without scheme, and a password is found by it. */
function shownText(name: SettingName, text: string): string {
  if (name !== 'httpsProxy' || text.includes('://')) return redactAddresses(text);
  return redactAddresses(`http://${text}`).slice('http://'.length);
}
