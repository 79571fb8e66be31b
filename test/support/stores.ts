export { createDatabase, describeStores, temporaryFolder, type StorePlace, type TestStores } from '@mogplex/server/test/stores';
