/**
 * Rewrites the two spellings that a getopt-style parser cannot read before it sees them:
 * the single-dash flag of two letters, and the flag whose value is optional. Knows no
 * command.
 */

const REWRITTEN: ReadonlyMap<string, string> = new Map([
  ['-ie', '--include-exclude-config'],
  ['--json=envelope', '--json-envelope'],
]);

/** `argv` (without node and script) as the parser takes it; everything after `--` stays as it is. */
export function normaliseArgv(argv: readonly string[]): string[] {
  const flags = flagsOf(argv);
  return [...flags.map(rewrite), ...argv.slice(flags.length)];
}

function rewrite(argument: string): string {
  if (argument.startsWith('-ie=')) return `--include-exclude-config=${argument.slice('-ie='.length)}`;
  return REWRITTEN.get(argument) ?? argument;
}

/** Whether the caller wants one JSON document, asked before (or although) the command line could not be parsed. */
export function asksForJson(argv: readonly string[]): boolean {
  return flagsOf(argv).some((argument) => /^--json(-envelope|=.*)?$/.test(argument));
}

/** The value of the flag `name`, asked before (or although) the command line could not be parsed. */
export function valueInArgv(argv: readonly string[], name: string): string | undefined {
  const flags = flagsOf(argv);
  const at = flags.findLastIndex((argument) => argument === name || argument.startsWith(`${name}=`));
  return flags[at] === name ? flags[at + 1] : flags[at]?.slice(name.length + 1);
}

function flagsOf(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end < 0 ? argv : argv.slice(0, end);
}
