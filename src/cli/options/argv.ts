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
  const end = argv.indexOf('--');
  const flags = end < 0 ? argv : argv.slice(0, end);
  const rest = end < 0 ? [] : argv.slice(end);
  return [...flags.map(rewrite), ...rest];
}

function rewrite(argument: string): string {
  if (argument.startsWith('-ie=')) return `--include-exclude-config=${argument.slice('-ie='.length)}`;
  return REWRITTEN.get(argument) ?? argument;
}

/** Whether the caller wants one JSON document, asked before (or although) the command line could not be parsed. */
export function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return (end < 0 ? argv : argv.slice(0, end)).some((argument) => /^--json(-envelope|=.*)?$/.test(argument));
}
