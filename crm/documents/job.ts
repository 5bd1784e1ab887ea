import { TemplateFault, type PlaceFault, type TemplateFaultCode } from './fault.ts'
import { isPdf } from './kind.ts'
import type { DocumentValues } from './placeholders.ts'

/** What a thread is asked: to look through a template, or to fill it with values. */
export interface Job {
  bytes: Uint8Array
  values: DocumentValues | null
}
/** What it answers: placeholders, a document, or why not. */
export type Outcome =
  | { fields: string[] }
  | { document: Uint8Array }
  | { fault: TemplateFaultCode; places: readonly PlaceFault[] }

/** Does one job, for Word and PDF alike. Other errors than faults of a template are thrown. */
export async function outcomeOf({ bytes, values }: Job): Promise<Outcome> {
  const word = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    // The libraries are large: each is loaded by whom it serves.
    if (isPdf(bytes)) {
      const { checkPdf, fillPdf } = await import('./pdf.ts')
      return values === null ? { fields: await checkPdf(bytes) } : { document: await fillPdf(bytes, values) }
    }
    const { checkTemplate, fillTemplate } = await import('./fill.ts')
    return values === null ? { fields: checkTemplate(word) } : { document: fillTemplate(word, values) }
  } catch (error) {
    if (!(error instanceof TemplateFault)) throw error
    return { fault: error.code, places: error.places }
  }
}
