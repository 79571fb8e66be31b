export { startGateway, type TestGateway } from '@mogplex/server/test/gateway';
