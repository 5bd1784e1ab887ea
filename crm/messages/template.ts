/** PURE. What a template may name; empty where it is not known. */
export const templateVariables = ['name', 'company', 'phone', 'email', 'deal', 'operator'] as const
export type TemplateVariable = (typeof templateVariables)[number]
export type TemplateValues = Partial<Record<TemplateVariable, string | null>>

const mark = /\{\{\s*([\w.]+)\s*\}\}/g

/** Puts values where the text names them; what has no value leaves nothing behind. */
export const fill = (text: string, values: TemplateValues): string =>
  text.replace(mark, (_whole, name: string) =>
    (templateVariables as readonly string[]).includes(name) ? (values[name as TemplateVariable] ?? '') : ''
  )

/** Names in a text that mean nothing. */
export const unknownNames = (text: string): string[] => [
  ...new Set(
    [...text.matchAll(mark)]
      .map(([, name = '']) => name)
      .filter((name) => !(templateVariables as readonly string[]).includes(name))
  )
]
