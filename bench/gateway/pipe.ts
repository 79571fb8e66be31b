/** Less than a gateway: bytes from one socket to another, unread. What two more hops cost on this machine. Usage: pipe.ts <upstream port>. */
import { type AddressInfo, connect, createServer } from 'node:net';

const server = createServer({ noDelay: true }, (near) => {
  const far = connect({ port: Number(process.argv[2]), host: '127.0.0.1', noDelay: true });
  near.on('data', (bytes) => far.write(bytes));
  far.on('data', (bytes) => near.write(bytes));
  near.on('close', () => far.destroy());
  far.on('close', () => near.destroy());
  for (const socket of [near, far]) socket.on('error', () => socket.destroy());
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
