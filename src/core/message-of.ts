// What does an error say?

/** The text of whatever was thrown. (`cln/errors.ts` has its own, because `cln` imports nothing of ours.) */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
