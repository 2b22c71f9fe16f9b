/**
 * The tree of commands. Only the table of names is loaded at first; the module of a command
 * comes when the command line asks for it, so that `--help` and `submit` start fast.
 */
import { Command } from 'commander';
import type { CommandModule } from './command.js';
import { addCommonFlags } from './options/common-flags.js';

interface Entry {
  readonly path: string;
  readonly summary: string;
  readonly load: () => Promise<CommandModule>;
}

const ENTRIES: readonly Entry[] = [
  {
    path: 'submit',
    summary: 'hash files, store what the store lacks, and print the attachments of a CreateJob request',
    load: () => import('./commands/submit.js'),
  },
  {
    path: 'bundle submit',
    summary: 'store the files of a job bundle, and create its job',
    load: () => import('./commands/bundle-submit.js'),
  },
  {
    path: 'attachment download',
    summary: 'fetch the files of manifests',
    load: () => import('./commands/attachment-download.js'),
  },
  {
    path: 'attachment upload',
    summary: 'store the files of manifests',
    load: () => import('./commands/attachment-upload.js'),
  },
  {
    path: 'manifest snapshot',
    summary: 'write a manifest of a directory',
    load: () => import('./commands/manifest-snapshot.js'),
  },
  {
    path: 'manifest diff',
    summary: 'compare a directory with a manifest',
    load: () => import('./commands/manifest-diff.js'),
  },
  {
    path: 'manifest merge',
    summary: 'combine manifests, later ones win',
    load: () => import('./commands/manifest-merge.js'),
  },
  {
    path: 'manifest upload',
    summary: 'store a manifest file as it is',
    load: () => import('./commands/manifest-upload.js'),
  },
  {
    path: 'manifest download',
    summary: 'fetch the manifests of a job out of the store',
    load: () => import('./commands/manifest-download.js'),
  },
  {
    path: 'manifest show',
    summary: 'print version, counts and sizes of a manifest',
    load: () => import('./commands/manifest-show.js'),
  },
  {
    path: 'manifest verify',
    summary: 'check a manifest, and with --store its objects',
    load: () => import('./commands/manifest-verify.js'),
  },
  { path: 'cache info', summary: 'describe the caches', load: () => import('./commands/cache-info.js') },
  { path: 'cache clear', summary: 'empty the caches', load: () => import('./commands/cache-clear.js') },
  {
    path: 'config show',
    summary: 'print effective settings and where they come from',
    load: () => import('./commands/config-show.js'),
  },
];

const GROUPS: Readonly<Record<string, string>> = {
  bundle: 'job bundles',
  attachment: 'contents of manifests',
  manifest: 'manifests on disk',
  cache: 'the hash cache and the cache of stored objects',
  config: 'settings',
};

/** The command that the command line names. */
export interface Invocation {
  readonly module: CommandModule;
  readonly command: Command;
}

export interface ProgramTexts {
  readonly version: string;
  /** Takes help and version texts. */
  readonly writeOut: (text: string) => void;
  readonly writeErr: (text: string) => void;
}

/** The parser; `found` is called when a command line is complete. Parsing throws `CommanderError`. */
export function createProgram(texts: ProgramTexts, found: (invocation: Invocation) => void): Command {
  const program = new Command('rx-attachments')
    .description(
      "AWS Deadline Cloud job attachments: a job's files into and out of content-addressed storage",
    )
    .version(texts.version)
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: texts.writeOut, writeErr: texts.writeErr, outputError: () => {} });
  addCommonFlags(program);
  for (const entry of ENTRIES) addEntry(program, entry, found);
  return program;
}

function addEntry(program: Command, entry: Entry, found: (invocation: Invocation) => void): void {
  const names = entry.path.split(' ');
  const group = names.length > 1 ? groupOf(program, names[0] ?? '') : program;
  const name = names.at(-1) ?? '';
  const command = group.command(name).summary(entry.summary).description(entry.summary);
  group.hook('preSubcommand', async (_group, chosen) => {
    if (chosen !== command) return;
    const module = await entry.load();
    module.define(command);
    command.action(() => found({ module, command }));
  });
}

function groupOf(program: Command, name: string): Command {
  const known = program.commands.find((each) => each.name() === name);
  return (
    known ??
    program
      .command(name)
      .description(GROUPS[name] ?? name)
      .helpCommand(false)
  );
}
