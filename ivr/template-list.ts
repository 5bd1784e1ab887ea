import type { Scheme } from './scheme.ts'
import { officesScheme } from './templates-sites.ts'
import { afterHoursScheme, campaignScheme, shopQueueScheme } from './templates-waiting.ts'
import { clinicScheme, shopScheme, simpleScheme, type TemplateOptions } from './templates.ts'

/** What a template must be told: whose telephones ring. */
export type TemplateGroup = 'main' | 'sales' | 'service' | 'appointments' | 'desk' | 'first' | 'second'

export interface TemplateWishes extends TemplateOptions {
  /** Group ids; one left out is no group, which validation points out. */
  groups: Partial<Record<TemplateGroup, string>>
  /** Ids of the two sites, of the template of two offices. */
  sites?: { first: string; second: string }
}

export interface SchemeTemplate {
  id: 'simple' | 'shop' | 'shopQueue' | 'clinic' | 'afterHours' | 'campaign' | 'offices'
  groups: readonly TemplateGroup[]
  hasSites: boolean
  make(wishes: TemplateWishes): Scheme
}

/** Schemes to begin with, the simplest first. */
export const templates: readonly SchemeTemplate[] = [
  template('simple', ['main'], (group, wishes) => simpleScheme(group('main'), wishes)),
  template('afterHours', ['main'], (group, wishes) => afterHoursScheme(group('main'), wishes)),
  template('shop', ['sales', 'service'], (group, wishes) =>
    shopScheme({ salesGroupId: group('sales'), serviceGroupId: group('service') }, wishes)
  ),
  template('shopQueue', ['sales', 'service'], (group, wishes) =>
    shopQueueScheme({ salesGroupId: group('sales'), serviceGroupId: group('service') }, wishes)
  ),
  template('clinic', ['appointments', 'desk'], (group, wishes) =>
    clinicScheme({ appointmentsGroupId: group('appointments'), deskGroupId: group('desk') }, wishes)
  ),
  template('campaign', ['main'], (group, wishes) => campaignScheme(group('main'), wishes)),
  {
    ...template('offices', ['first', 'second'], (group, wishes) =>
      officesScheme(
        { firstGroupId: group('first'), secondGroupId: group('second') },
        wishes.sites ?? { first: '', second: '' },
        wishes
      )
    ),
    hasSites: true
  }
]

function template(
  id: SchemeTemplate['id'],
  groups: readonly TemplateGroup[],
  make: (group: (name: TemplateGroup) => string, wishes: TemplateWishes) => Scheme
): SchemeTemplate {
  return {
    id,
    groups,
    hasSites: false,
    make: (wishes) => make((name) => wishes.groups[name] ?? '', wishes)
  }
}
