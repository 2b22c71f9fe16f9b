/** From arguments to a command, its flags and its settings. Runs nothing. */
import { createRequire } from 'node:module';
import { CommanderError } from 'commander';
import type { CommandFlags, CommandModule } from './command.js';
import { UsageError } from './errors.js';
import { normaliseArgv } from './options/argv.js';
import { readClientConfig } from './options/client-config.js';
import { splitFlags } from './options/common-flags.js';
import { Settings } from './options/settings.js';
import { createProgram, type Invocation } from './program.js';

export interface ParsedCommand {
  readonly module: CommandModule;
  readonly args: readonly string[];
  readonly flags: CommandFlags;
  readonly settings: Settings;
}

/** The command, or the text of the help or version that was asked for. Throws {@link UsageError}. */
export async function parseCommandLine(io: {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}): Promise<ParsedCommand | { readonly help: string }> {
  let invocation: Invocation | undefined;
  let help = '';
  const take = (text: string): void => {
    help += text;
  };
  const program = createProgram({ version: packageVersion(), writeOut: take, writeErr: take }, (found) => {
    invocation = found;
  });
  try {
    await program.parseAsync(normaliseArgv(io.argv), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { help };
    throw usageError(error, help);
  }
  if (!invocation) throw new UsageError('no command was given; see --help');
  return parsedCommand(invocation, io.env);
}

function parsedCommand(
  { module, command }: Invocation,
  env: Readonly<Record<string, string | undefined>>,
): ParsedCommand {
  if (command.args.includes('')) throw new UsageError('an argument is empty: was a variable not set?');
  const { settings, flags } = splitFlags(command);
  return {
    module,
    args: command.args,
    flags,
    settings: new Settings(
      settings,
      env,
      once(() => readClientConfig(env)),
    ),
  };
}

function usageError(error: CommanderError, help: string): UsageError {
  if (error.code === 'commander.help') {
    const [, list = ''] = help.split('\nCommands:\n');
    const commands = [...list.matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => name).join(', ');
    return new UsageError(`a command is missing: ${commands}; see --help`);
  }
  return new UsageError(error.message.replace(/^error: /, '').replaceAll('\n', ' '));
}

function packageVersion(): string {
  return (createRequire(import.meta.url)('rx-attachments/package.json') as { version: string }).version;
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
