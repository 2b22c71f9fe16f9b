/** Where the compiled code of the threads lies. */

/** Threads run compiled code: from `src/`, as in tests, the file of the same name below `dist/`. */
export function workerUrl(name: string, from: string): URL {
  const url = new URL(name, from);
  if (from.endsWith('.ts')) url.pathname = url.pathname.replace(/\/src\/(?!.*\/src\/)/, '/dist/');
  return url;
}
