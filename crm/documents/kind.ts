const word = {
  ending: '.docx',
  type: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
} as const
const pdf = { ending: '.pdf', type: 'application/pdf' } as const

/** Is it meant as a PDF? Readers look for this mark in the first KB. */
export const isPdf = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.subarray(0, 1024)).includes('%PDF-', 0, 'latin1')

/** By what it holds, whatever its name says: how its files end, and the type that they are sent with. */
export const kindOf = (bytes: Uint8Array): typeof word | typeof pdf => (isPdf(bytes) ? pdf : word)
