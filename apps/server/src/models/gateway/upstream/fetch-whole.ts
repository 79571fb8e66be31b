import { UpstreamFault, type UpstreamRequest } from './connection.ts';
import type { UpstreamPool } from './pool.ts';

/**
 * Makes one exchange and gathers its answer.
 *
 * @param limits.bytes of the body. @param limits.ms until it is whole.
 * @throws UpstreamFault, or what the connection failed with.
 */
export const fetchWhole = (
  pool: UpstreamPool,
  request: UpstreamRequest,
  limits: { bytes: number; ms: number },
): Promise<{ status: number; body: Buffer }> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let status = 0;
    let size = 0;
    let abort = (_reason: Error): void => undefined;
    const late = new UpstreamFault('UPSTREAM_BODY_TIMEOUT', 'the upstream did not finish its answer in time');
    let over = false;
    const timer = setTimeout(() => {
      over = true;
      abort(late);
      reject(late);
    }, limits.ms);
    pool.dispatch(request, {
      onStart: (control) => {
        abort = (reason) => control.abort(reason);
        // The connection came when nobody waited any more.
        if (over) abort(late);
      },
      onHead: (code) => (status = code),
      onData: (bytes) => {
        size += bytes.length;
        if (size > limits.bytes) abort(new Error('the answer does not end'));
        else chunks.push(bytes);
      },
      onEnd: () => {
        clearTimeout(timer);
        resolve({ status, body: Buffer.concat(chunks) });
      },
      onError: (error) => {
        clearTimeout(timer);
        reject(error);
      },
    });
  });
