export { createDatabase, describeStores, openStore, temporaryFolder, type StorePlace, type TestStores } from '@mogplex/server/test/stores';
