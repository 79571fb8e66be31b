/** The value below which a share of the values lies. */
export const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length * share)] ?? 0;

export const milliseconds = (from: bigint, to: bigint): number => Number(to - from) / 1e6;

export const round = (value: number, digits: number): number => +value.toFixed(digits);
