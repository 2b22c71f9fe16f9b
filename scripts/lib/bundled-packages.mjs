// How the bundler takes packages that are larger than what is used of them, or look for files of their own. Each
// change of a package's text fails the build when the text is not as it was.

/** Of undici the client alone: all of it takes as long to load as the rest of a short run. */
export function undiciClient(root) {
  const part = (path) => JSON.stringify(`${root}node_modules/undici/lib/${path}`);
  const client = `export { default as Client } from ${part('dispatcher/client.js')};
    export { default as buildConnector } from ${part('core/connect.js')};
    export { default as errors } from ${part('core/errors.js')};`;
  return {
    ...virtual('undici', client),
    // HTTP/2 is not spoken, and Node's module for it takes milliseconds.
    transform: (code, id) =>
      id.endsWith('/undici/lib/dispatcher/client.js')
        ? replaced(code, "= require('./client-h2.js')", "= (...given) => require('./client-h2.js')(...given)")
        : undefined,
  };
}

/** piscina starts its threads with a file of its own directory: in the bundle it is an entry beside the others. */
export function piscinaWorker() {
  const path = `import { fileURLToPath } from 'node:url';
    export const path = fileURLToPath(new URL('piscina-worker.js', import.meta.url));`;
  return {
    ...virtual('piscina-worker-path', path),
    transform: (code, id) =>
      id.endsWith('/piscina/dist/index.js')
        ? replaced(
            code,
            "(0, node_path_1.resolve)(__dirname, 'worker.js')",
            "require('piscina-worker-path').path",
          )
        : undefined,
  };
}

/** What our code in a thread takes of piscina: marking an answer that is handed over. The pool itself is for the caller. */
export function piscinaInThreads(root) {
  const part = (name) => JSON.stringify(`${root}node_modules/piscina/dist/${name}.js`);
  const answers = `import { markMovable } from ${part('common')};
    export { kTransferable as transferableSymbol, kValue as valueSymbol } from ${part('symbols')};
    export function move(transferable) { markMovable(transferable); return transferable; }`;
  return virtual('piscina', answers);
}

/** A module of that name with the given text. */
function virtual(name, code) {
  const id = `\0${name}`;
  return {
    name,
    resolveId: (wanted) => (wanted === name ? id : undefined),
    load: (wanted) => (wanted === id ? code : undefined),
  };
}

function replaced(code, text, other) {
  if (code.split(text).length !== 2) throw new Error(`not there, or not once: ${text}`);
  return code.replace(text, () => other);
}
