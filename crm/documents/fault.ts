export const templateFaults = [
  'not_a_document',
  'damaged',
  'too_large',
  'macros',
  'external',
  'placeholders',
  'protected',
  'scripts',
  'attachments',
  'no_fields',
  'too_many_lines',
  'too_slow',
  'busy'
] as const
export type TemplateFaultCode = (typeof templateFaults)[number]

export const placeFaults = [
  'unknown_placeholder',
  'unclosed_placeholder',
  'unopened_placeholder',
  'unclosed_section',
  'unopened_section',
  'only_in_lines',
  'bad_placeholder',
  'not_a_text_field',
  'line_number_missing'
] as const
export type PlaceFaultCode = (typeof placeFaults)[number]

/** That are told at once. */
export const mostFaults = 20

/** Something wrong at one place of a template. */
export interface PlaceFault {
  code: PlaceFaultCode
  /** As it stands in the document, with its braces; the name of a PDF's field. */
  placeholder: string
  /** `page` of a PDF. */
  part: 'body' | 'header' | 'footer' | 'other' | 'page'
  /** The paragraph, or the page of a PDF. Counted from 1; 0 where it cannot be told. */
  paragraph: number
  /** What stands around it. */
  excerpt: string
}

/** A template that cannot be taken, and why. */
export class TemplateFault extends Error {
  override name = 'TemplateFault'
  readonly code: TemplateFaultCode
  readonly places: readonly PlaceFault[]
  constructor(code: TemplateFaultCode, places: readonly PlaceFault[] = [], options?: ErrorOptions) {
    super(code, options)
    this.code = code
    this.places = places
  }
}
