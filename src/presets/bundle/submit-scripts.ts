/** Scripts that submit a debug snapshot with the AWS command line tool. Pure. */

/** One option of `aws deadline create-job`. */
export interface Argument {
  /** Without its dashes. */
  readonly flag: string;
  readonly value: string;
}

/** For a POSIX shell. `place` is where the attachments are uploaded to, if there are any. */
export function posixScript(args: readonly Argument[], place: string | undefined): string {
  const lines = [
    '#!/bin/sh',
    'set -eu',
    'cd "$(dirname "$0")"',
    '',
    ...commands(args, place, '\\', posixQuoted),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** For the command interpreter of Windows. */
export function windowsScript(args: readonly Argument[], place: string | undefined): string {
  const lines = ['cd /d "%~dp0"', '', ...commands(args, place, '^', windowsQuoted)];
  return lines.map((line) => `${line}\r\n`).join('');
}

type Quote = (text: string) => string;

function commands(
  args: readonly Argument[],
  place: string | undefined,
  more: string,
  quote: Quote,
): string[] {
  const copies =
    place === undefined ? [] : ['Data', 'Manifests'].flatMap((name) => copy(name, place, more, quote));
  const options = args.map(({ flag, value }) => `    --${flag} ${quote(value)}`);
  return [...copies, ...continued(['aws deadline create-job', ...options], more)];
}

function copy(name: string, place: string, more: string, quote: Quote): string[] {
  const target = quote(`${place.replace(/\/$/, '')}/${name}`);
  return [...continued(['aws s3 cp', '    --recursive', `    ./${name}`, `    ${target}`], more), ''];
}

function continued(lines: readonly string[], more: string): string[] {
  return lines.map((line, index) => (index < lines.length - 1 ? `${line} ${more}` : line));
}

const SAFE = /^[A-Za-z0-9_@+=:,./-]+$/;

function posixQuoted(text: string): string {
  return SAFE.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`;
}

/** Quotes are doubled for the interpreter, and a percent sign would begin a variable. */
function windowsQuoted(text: string): string {
  return SAFE.test(text) ? text : `"${text.replaceAll('"', '""').replaceAll('%', '%%')}"`;
}
