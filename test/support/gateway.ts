export { openOperator, putPennyModel, sealingKeys, startGateway, type TestGateway, type TestOperator } from '@mogplex/server/test/gateway';
export { startChildServer, type ChildServer } from '@mogplex/server/test/child-server';
