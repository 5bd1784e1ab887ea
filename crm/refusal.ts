/** An expected refusal of the CRM; the API answers with its code. */
export class CrmRefusal extends Error {
  override name = 'CrmRefusal'
  readonly code: 'not_found' | 'inquiry_is_spam' | 'inquiry_accepted' | 'not_undoable' | 'unknown_stage'

  constructor(code: CrmRefusal['code']) {
    super(code)
    this.code = code
  }
}
