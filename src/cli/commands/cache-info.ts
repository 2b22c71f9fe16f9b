/** `cache info`: where the caches are and what they hold. */
import type { Command } from 'commander';
import { type CacheFileInfo, cacheInfo, sizeText } from '../../index.js';
import { cacheDir } from '../caches.js';
import type { CommandContext, CommandOutcome } from '../command.js';
import { table } from '../output/table.js';

export function define(_command: Command): void {}

export async function run(context: CommandContext): Promise<CommandOutcome> {
  const directory = cacheDir(context);
  const files = await cacheInfo(directory);
  return {
    text: table([['Directory', directory], ...files.flatMap(rowsOf)]),
    result: { directory, files },
  };
}

const TITLES: Readonly<Record<CacheFileInfo['kind'], string>> = {
  hash: 'Hash cache',
  check: 'S3 check cache',
};

function rowsOf(file: CacheFileInfo): [string, string][] {
  const state = file.problem ?? (file.exists ? sizeText(file.bytes) : 'none yet');
  return [
    [TITLES[file.kind], `${file.path} (${state})`],
    ...file.tables.map((each): [string, string] => [`  ${each.name}`, `${each.rows} rows${ageOf(each)}`]),
  ];
}

function ageOf({ oldestSeconds, newestSeconds }: CacheFileInfo['tables'][number]): string {
  if (oldestSeconds === undefined || newestSeconds === undefined) return '';
  return `, from ${timeText(oldestSeconds)} to ${timeText(newestSeconds)}`;
}

/** A cache may hold a time that is none. */
function timeText(seconds: number): string {
  const time = new Date(seconds * 1000);
  return Number.isNaN(time.getTime()) ? String(seconds) : time.toISOString().replace(/\.\d+Z$/, 'Z');
}
