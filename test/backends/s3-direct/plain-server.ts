/** An HTTP server of a test, with a count of its connections. Knows no S3. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach } from 'vitest';

export interface PlainServer {
  readonly origin: string;
  readonly sockets: ReadonlySet<Socket>;
  /** Connections that were ever opened. */
  readonly opened: number;
}

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Listens until the test ends. */
export async function plainServer(answer: RequestListener): Promise<PlainServer> {
  const server = createServer(answer);
  const sockets = new Set<Socket>();
  let opened = 0;
  server.on('connection', (socket) => {
    opened += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    sockets,
    get opened() {
      return opened;
    },
  };
}
