import type { FormFacts, InquiryFacts } from '../connectors/crm-facts.ts'
import type { Telling, World } from '../connectors/kind.ts'
import { theirUsers } from '../connectors/read.ts'
import { contactStep, deeds, tookCommon, viewOf, type Known } from './deeds.ts'
import type { LptrackerSettings } from './settings.ts'
import { markOf, wordsOf } from './words.ts'

/** Forms, and wishes to be called back: a contact, a lead, a comment for each. Calls are told as calls. Pure. */
export const inquiries: Telling<InquiryFacts> = {
  next(inquiry, memory, world) {
    const known = memory as Known
    const settings = world.settings as LptrackerSettings
    if (!settings.isSendingForms || inquiry.state === 'spam') return null
    const entry = entriesOf(inquiry).find(({ id }) => !(known.told ?? []).includes(id))
    if (!entry) return null
    const phone = entry.phone ?? inquiry.phone ?? inquiry.contact?.phones[0] ?? null
    const mail = entry.mail ?? inquiry.mail ?? inquiry.contact?.mails[0] ?? null
    // Whom nobody can answer is no contact there.
    if (phone === null && mail === null) return null
    const name = entry.name ?? inquiry.name ?? inquiry.contact?.name ?? phone ?? mail ?? ''
    if (known.contact === undefined) return contactStep(name, phone, mail)
    const [person] = theirUsers([world.ownerId], world.people)
    const owner = person ?? settings.defaultPerson
    if (known.lead === undefined)
      return {
        key: 'lead',
        method: deeds.lead,
        params: {
          contact: known.contact,
          isCreating: settings.isCreating,
          lead: {
            contact_id: Number(known.contact),
            name: `${name}${inquiry.path.source === null ? '' : ` · ${inquiry.path.source}`}`,
            view: viewOf(inquiry.path, settings.project),
            ...(owner !== null && { owner: Number(owner) })
          }
        }
      }
    if (known.lead === '') return null
    return {
      key: `told ${entry.id}`,
      method: deeds.comment,
      params: { lead: known.lead, text: textOf(entry, inquiry, world) }
    }
  },
  took(step, answer, memory, inquiry) {
    const contactId = inquiry.contact?.id ?? null
    const common = tookCommon(step, answer, memory, { contactId, kind: 'inquiry', id: inquiry.inquiryId })
    if (common) return common
    const told = [...((memory as Known).told ?? []), step.key.replace(/^told /, '')]
    return { memory: { ...memory, told }, links: [] }
  },
  isDone: () => false
}

/** The forms of an inquiry; a wish to be called back that came without one is its own. */
function entriesOf(inquiry: InquiryFacts): readonly FormFacts[] {
  if (inquiry.forms.length > 0 || inquiry.kind !== 'callback') return inquiry.forms
  const { createdMs, name, phone, mail, text, path } = inquiry
  const id = inquiry.callbackId ?? inquiry.inquiryId
  const pageUrl = path.pageUrl ?? path.landingUrl
  return [{ id, atMs: createdMs, formName: null, name, phone, mail, message: text, fields: {}, pageUrl }]
}

function textOf(entry: FormFacts, inquiry: InquiryFacts, world: World): string {
  const words = wordsOf((world.settings as LptrackerSettings).locale)
  const { path } = inquiry
  const what = inquiry.kind === 'callback' ? words.callback : (entry.formName ?? words.form)
  const mail = entry.mail ?? inquiry.mail
  return [
    markOf(entry.id),
    what,
    entry.message,
    mail === null ? null : `${words.mail}: ${mail}`,
    [path.source, path.campaign, path.term].filter(Boolean).join(' / '),
    entry.pageUrl === null ? null : `${words.page}: ${entry.pageUrl}`
  ]
    .filter(Boolean)
    .join('\n')
}
