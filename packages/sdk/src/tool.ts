import { MogplexError } from '@mogplex/protocol';
import type { z } from 'zod';

/** A tool that a model can call. What `run` returns is shown to the model: never put a secret in it. */
export interface ToolDef<Input extends z.ZodType = z.ZodType> {
  /** Lower-case letters, digits and underscores. */
  name: string;
  description: string;
  input: Input;
  run(input: z.infer<Input>): Promise<unknown>;
}

/** A tool ready to be called with unchecked input. */
export interface Tool {
  name: string;
  description: string;
  input: z.ZodType;
  /** @throws MogplexError `invalid_request` when the input does not fit the schema. */
  call(input: unknown): Promise<unknown>;
}

const NAME = /^[a-z][a-z0-9_]*$/;

/** Binds a tool's schema to its function: the function only ever sees input that fits. */
export const defineTool = <Input extends z.ZodType>(definition: ToolDef<Input>): Tool => {
  const { name, description, input } = definition;
  if (!NAME.test(name))
    throw new MogplexError('invalid_request', `a tool cannot be named ${JSON.stringify(name)}`, { boundary: 'configuration' });
  return {
    name,
    description,
    input,
    call: async (raw) => {
      const parsed = input.safeParse(raw);
      if (!parsed.success) {
        const [issue] = parsed.error.issues;
        throw new MogplexError('invalid_request', `${name}: ${issue?.path.join('.') || 'input'}: ${issue?.message ?? 'does not fit'}`, {
          boundary: 'request',
        });
      }
      return definition.run(parsed.data);
    },
  };
};
