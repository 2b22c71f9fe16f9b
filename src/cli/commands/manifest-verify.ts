/** `manifest verify`: whether a manifest can be read, and with `--store` whether its objects are there. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import {
  type Manifest,
  type ObjectProblem,
  readManifest,
  type Verification,
  verifyManifest,
} from '../../index.js';
import type { CommandContext, CommandOutcome } from '../command.js';
import { type ErrorDocument, EXIT } from '../errors.js';
import { escapeControls } from '../output/escape.js';
import { withOptions, withStore } from '../services.js';

export function define(command: Command): void {
  command.argument('<file>', 'manifest');
}

export async function run(context: CommandContext, args: readonly string[]): Promise<CommandOutcome> {
  const file = resolve(context.cwd, args[0] ?? '');
  const { manifest } = await readManifest(file, { signal: context.signal });
  const read = { file, version: manifest.version };
  if (context.settings.value('store') === undefined) {
    return { text: `${escapeControls(file)}: readable ${manifest.version} manifest\n`, result: read };
  }
  const found = await verify(context, file, manifest);
  const result = { ...read, ...found };
  return found.missing.length + found.wrongSize.length === 0
    ? { text: `${escapeControls(file)}: all ${found.checked} objects are in the store\n`, result }
    : { text: problemText(found), result, exitCode: EXIT.different, error: problemError(file, found) };
}

async function verify(context: CommandContext, file: string, manifest: Manifest): Promise<Verification> {
  return await withStore(context, { create: false }, (store) =>
    withOptions(context, {}, (options) =>
      verifyManifest({
        ...{ ...options, manifest, manifestName: file, store },
        onProgress: (progress) => context.report(progress, 'Verifying'),
      }),
    ),
  );
}

function problemText({ missing, wrongSize }: Verification): string {
  return [
    ...missing.map((problem) => problemLine('missing', problem, `${problem.size} bytes`)),
    ...wrongSize.map((problem) =>
      problemLine('wrong size', problem, `${problem.storedSize} instead of ${problem.size} bytes`),
    ),
  ].join('');
}

function problemLine(what: string, { key, paths }: ObjectProblem, sizes: string): string {
  return `${what}: ${escapeControls(key)} (${sizes}) of ${paths.map(escapeControls).join(', ')}\n`;
}

function problemError(file: string, { checked, missing, wrongSize }: Verification): ErrorDocument {
  const parts = [
    ...(missing.length > 0 ? [`${missing.length} missing`] : []),
    ...(wrongSize.length > 0 ? [`${wrongSize.length} of the wrong size`] : []),
  ];
  const message = `${file}: of ${checked} objects ${parts.join(' and ')} in the store`;
  return {
    code: 'ObjectsMissing',
    message,
    details: { missing: missing.length, wrongSize: wrongSize.length },
  };
}
