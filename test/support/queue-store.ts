/**
 * The store of a queue as its role sees it: a versitygw with the bucket `bucket`, and a stand-in of the service that gives
 * keys for it. Only within `requireServer('versitygw')`, and with the stub's hooks before these.
 */
import { beforeEach } from 'vitest';
import type { DeadlineStub, ServiceOperation } from './deadline-stub.js';
import { type FaultProxy, useFaultProxy } from './fault-proxy.js';
import { useVersity, type VersityServer } from './versitygw.js';

type AssumedRole = Extract<ServiceOperation, `AssumeQueueRole${string}`>;

interface QueueStore {
  readonly server: () => VersityServer;
  /** Where clients reach the server with the keys of a role. */
  readonly proxy: () => FaultProxy;
}

/** A store whose keys `service` gives out for `roles`, and for no other. */
export function useQueueStore(service: DeadlineStub, ...roles: readonly AssumedRole[]): QueueStore {
  const server = useVersity();
  const proxy = useFaultProxy(server);
  beforeEach(() => {
    // The server knows no tokens of roles: the proxy takes them off.
    proxy().inject({ times: 'always', fault: { withoutHeaders: ['x-amz-security-token'] } });
    const { accessKeyId, secretAccessKey } = server();
    const expiration = new Date(Date.now() + 3_600_000).toISOString();
    const credentials = { accessKeyId, secretAccessKey, sessionToken: 'of-the-role', expiration };
    for (const role of roles) service.answer(role, { credentials });
  });
  return { server, proxy };
}
