export { loadConfig, type Config } from './config.ts';
export { startServer, type RunningServer, type ServerIo } from './main.ts';
