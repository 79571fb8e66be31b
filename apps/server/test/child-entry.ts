import { loadConfig } from '../src/config.ts';
import { startServer } from '../src/main.ts';

const server = await startServer(loadConfig(process.env));
process.stdout.write(`${server.url}\n`);
process.once('SIGTERM', () => {
  void server.close().then(() => process.exit(0));
});
