export { openOperator, putPennyModel, startGateway, type TestGateway, type TestOperator } from '@mogplex/server/test/gateway';
export { startChildServer, type ChildServer } from '@mogplex/server/test/child-server';
