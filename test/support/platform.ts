export { startPlatform, type TestPlatform } from '@mogplex/server/test/platform';
