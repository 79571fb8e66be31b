/** Whether an error of the operating system carries this code (`ENOENT`, `EEXIST`, ...). */
export const isErrno = (error: unknown, ...codes: readonly string[]): error is NodeJS.ErrnoException =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);
