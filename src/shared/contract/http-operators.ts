import { z } from 'zod'
import { operatorSchema } from '../domain/operator.ts'

/** Names that stand for the tokens of the settings, and would not be told from them in the audit. */
const taken = new Set(['admin', 'service'])

/**
 * What an operator is called: 1 to 80 characters without control characters, and without those that turn the direction of a text or end its
 * line, which would let one name look like another. Blanks around it are cut off.
 */
export const operatorNameSchema = z
  .string()
  .normalize('NFC')
  .trim()
  .min(1, 'must not be empty')
  .refine((name) => [...name].length <= 80, 'must be at most 80 characters long')
  .refine(
    (name) => !/[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u.test(name),
    'must not hold control characters',
  )
  .refine((name) => !taken.has(name.toLowerCase()), 'is the name of a token of the settings: choose another one')

export const operatorRoleSchema = operatorSchema.shape.role

/** A token as it is listed: never the token itself. Times in ms. */
export const listedOperatorSchema = z.object({
  name: z.string(),
  /** As it was given; a newer version may know roles that this one doesn't, and such a token may do nothing here. */
  role: z.string(),
  createdAt: z.number(),
  createdBy: z.string(),
  /** To the minute. */
  lastUsedAt: z.number().nullable(),
  expiresAt: z.number().nullable(),
  revokedAt: z.number().nullable(),
})
export type ListedOperator = Readonly<z.infer<typeof listedOperatorSchema>>

export const operatorsSchema = z.object({ operators: z.array(listedOperatorSchema) })

export const addOperatorSchema = z.object({
  name: operatorNameSchema,
  role: operatorRoleSchema,
  /** ms; without it the token is good until it is revoked. */
  expiresAt: z.number().int().positive().max(8.64e15).optional(),
})
export type AddOperator = Readonly<z.infer<typeof addOperatorSchema>>

/** The one answer that holds the token. */
export const addedOperatorSchema = listedOperatorSchema.extend({ token: z.string() })

export const revokeOperatorSchema = z.object({ name: z.string().trim().min(1).max(512) })
export const revokedOperatorSchema = z.object({ revoked: z.string() })
