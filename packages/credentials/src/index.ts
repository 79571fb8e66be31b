export * from './auth-file.ts';
export { readEnv, type Env, type Warn } from './env.ts';
export { FILE_MODE, FOLDER_MODE, atomicWrite, ensurePrivateFolder, readPrivateFile } from './files.ts';
export * from './home.ts';
export { withFileLock, type LockOptions } from './lock.ts';
export * from './resolve.ts';
export * from './secret.ts';
export { isAccountSource, type CredentialSource } from './source.ts';
