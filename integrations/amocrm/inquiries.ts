import type { FormFacts, InquiryFacts } from '../connectors/crm-facts.ts'
import type { Step, Telling, World } from '../connectors/kind.ts'
import { listOf, recordOf, textOf } from '../connectors/read.ts'
import { deeds } from './deeds.ts'
import type { AmocrmSettings } from './settings.ts'
import { contactOf, wordsOf } from './words.ts'

interface Known {
  /** Forms and wishes that are there. */
  sent?: readonly string[]
}

/** Where nobody knows it; the field is wanted. */
const noIp = '0.0.0.0'

/**
 * Each form, and each wish to be called back, becomes an entry of Unsorted. Inquiries that began as calls are told as
 * calls. Pure.
 */
export const inquiries: Telling<InquiryFacts> = {
  next(inquiry, memory, world) {
    const { isSendingForms } = world.settings as AmocrmSettings
    if (!isSendingForms || inquiry.state === 'spam') return null
    const sent = listOf((memory as Known).sent)
    const form = inquiry.forms.find(({ id }) => !sent.includes(id))
    if (form) return formStep(inquiry, form, world)
    const isWish = inquiry.kind === 'callback' && inquiry.forms.length === 0
    const wish = inquiry.callbackId ?? inquiry.inquiryId
    return isWish && !sent.includes(wish) ? formStep(inquiry, wishOf(inquiry, wish), world) : null
  },
  isDone: () => false,
  took(step, answer, memory, inquiry) {
    const id = textOf(step.params['source_uid'])
    const uid = textOf(recordOf(answer)['uid'])
    const sent = [...((memory as Known).sent ?? []), id]
    return {
      memory: { sent },
      links:
        uid === ''
          ? []
          : [
              {
                ...{ ourKind: 'inquiry', ourId: inquiry.inquiryId },
                ...{ foreignKind: 'unsorted', foreignId: uid }
              }
            ]
    }
  }
}

/** A wish to be called back that came without a form. */
const wishOf = (
  { createdMs, title, name, phone, mail, text, path }: InquiryFacts,
  id: string
): FormFacts => ({
  ...{ id, atMs: createdMs, formName: title, name, phone, mail, message: text, fields: {} },
  pageUrl: path.pageUrl ?? path.landingUrl
})

function formStep(inquiry: InquiryFacts, form: FormFacts, world: World): Step {
  const { locale, pipeline } = world.settings as AmocrmSettings
  const words = wordsOf(locale)
  const { path, contact } = inquiry
  const phone = form.phone ?? inquiry.phone ?? contact?.phones[0] ?? null
  const mail = form.mail ?? inquiry.mail ?? contact?.mails[0] ?? null
  const name = form.name ?? inquiry.name ?? contact?.name ?? phone ?? mail ?? words.form
  const formName = form.formName ?? words.form
  const page = form.pageUrl ?? path.pageUrl ?? path.landingUrl ?? '-'
  const from = [path.source, path.campaign, path.term].filter(Boolean).join(' / ')
  const title = [formName, name, form.message, from].filter(Boolean).join(' · ')
  const at = Math.floor(form.atMs / 1000)
  return {
    key: `form ${form.id}`,
    method: deeds.form,
    params: {
      request_id: form.id,
      source_name: from || 'Ringtrace',
      source_uid: form.id,
      ...(pipeline !== null && { pipeline_id: Number(pipeline) }),
      created_at: at,
      metadata: {
        form_id: path.siteId ?? 'ringtrace',
        form_name: formName,
        form_page: page,
        form_sent_at: at,
        referer: path.referrer ?? '',
        ip: noIp
      },
      _embedded: {
        leads: [{ name: title.slice(0, 250) }],
        contacts: [contactOf(name, [phone], [mail])]
      }
    }
  }
}
