// Whole-process figures of a command: wall seconds, CPU seconds, peak resident memory of the largest process.
import { spawnSync } from 'node:child_process';

// wait4 gives the kernel's own accounting of the finished process; Node has no call for it.
const RUNNER = `
import os, sys, time, json
start = time.monotonic()
pid = os.fork()
if pid == 0:
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0); os.dup2(null, 1)
    os.execvp(sys.argv[1], sys.argv[1:])
_, status, usage = os.wait4(pid, 0)
print(json.dumps({"wall": time.monotonic() - start, "cpu": usage.ru_utime + usage.ru_stime,
                  "rssMb": usage.ru_maxrss / 1024, "status": os.waitstatus_to_exitcode(status)}))
`;

/** Runs a command once and measures it; throws when it fails. */
export function measure(command, args, env = {}) {
  const { NODE_EXTRA_CA_CERTS: _, ...own } = process.env; // Node would read them first, for 50 ms of every process
  const { stdout, stderr } = spawnSync('python3', ['-c', RUNNER, command, ...args], {
    encoding: 'utf8',
    env: { ...own, ...env },
    maxBuffer: 1 << 28,
  });
  const figures = JSON.parse(stdout);
  if (figures.status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${stderr}`);
  return figures;
}

/** Prints rows of `{ name, wall, cpu, rssMb }`, with the ratio of each wall time to that of the row named `base`. */
export function table(title, rows, base) {
  const reference = rows.find(({ name }) => name === base)?.wall;
  console.log(`\n${title}`);
  console.log(`| ${'what'.padEnd(44)} | wall s | CPU s | peak MB | x ${base ?? ''}`);
  for (const { name, wall, cpu, rssMb } of rows) {
    const ratio = reference ? (wall / reference).toFixed(2) : '';
    console.log(
      `| ${name.padEnd(44)} | ${wall.toFixed(2).padStart(6)} | ${cpu.toFixed(2).padStart(5)} | ${rssMb.toFixed(0).padStart(7)} | ${ratio}`,
    );
  }
}

/** The run with the median wall time. */
export function median(runs) {
  return [...runs].sort((a, b) => a.wall - b.wall)[Math.floor(runs.length / 2)];
}

/** Prints `[what, ratio, wanted?]`; a ratio that could not be had is left out. */
export function ratios(rows) {
  for (const [what, ratio, wanted] of rows) {
    if (!Number.isFinite(ratio)) continue;
    const goal =
      wanted === undefined
        ? ''
        : ratio >= wanted
          ? ` (wanted ${wanted}: met)`
          : ` (wanted ${wanted}: MISSED)`;
    console.log(`${what}: ${ratio.toFixed(2)}${goal}`);
  }
}
