import { InvalidArgumentError } from 'commander';

/** Reads an option's value as a whole number within limits, both allowed. */
export const wholeNumber =
  (least: number, most: number) =>
  (value: string): number => {
    if (/^\d{1,9}$/.test(value) && Number(value) >= least && Number(value) <= most) return Number(value);
    throw new InvalidArgumentError(`It is not a whole number from ${least} to ${most}.`);
  };
