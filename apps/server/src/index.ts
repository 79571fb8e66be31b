export { loadConfig, type Config } from './config.ts';
export { startServer, type RunningServer, type ServerIo } from './main.ts';
export { listUpstreams, removeUpstream, setUpstream, type UpstreamInfo } from './models/index.ts';
