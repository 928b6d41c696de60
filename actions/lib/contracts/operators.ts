// The eight comparisons of the standard, each with what it compares to. Rules of the library have them at their top, our
// own metrics within their implementation.
import { z } from 'zod';

const betweenSchema = z.tuple([z.number(), z.number()]);

/** One optional key each. */
export const operatorShape = {
  mustBe: z.unknown().optional().describe('='),
  mustNotBe: z.unknown().optional().describe('not ='),
  mustBeGreaterThan: z.number().optional().describe('>'),
  mustBeGreaterOrEqualTo: z.number().optional().describe('>='),
  mustBeLessThan: z.number().optional().describe('<'),
  mustBeLessOrEqualTo: z.number().optional().describe('<='),
  mustBeBetween: betweenSchema.optional().describe('Greater than the first and less than the second'),
  mustNotBeBetween: betweenSchema.optional().describe('At most the first or at least the second'),
};

export type Operator = keyof typeof operatorShape;
export const OPERATORS = Object.keys(operatorShape) as readonly Operator[];
