import type { ApiDeps } from '../deps.ts'
import type { Endpoint } from '../endpoint.ts'
import { accessLinkRoutes } from './access-links.ts'
import { auditRoutes } from './audit.ts'
import { backupRoutes } from './backups.ts'
import { authRoutes } from './auth.ts'
import { bulkChangeRoutes } from './bulk-changes.ts'
import { callbackRoutes } from './callbacks.ts'
import { callCommentRoutes } from './call-comments.ts'
import { callExportRoutes } from './call-exports.ts'
import { callRoutes } from './calls.ts'
import { callerEntryRoutes } from './caller-entries.ts'
import { callerListRoutes } from './caller-lists.ts'
import { clickToCallRoutes } from './click-to-call.ts'
import { connectorLogRoutes } from './connector-log.ts'
import { connectorRoutes } from './connectors.ts'
import { callWishRoutes } from './call-wishes.ts'
import { companyRoutes } from './companies.ts'
import { contactMergeRoutes } from './contact-merges.ts'
import { contactPartRoutes } from './contact-parts.ts'
import { contactSettingsRoutes } from './contact-settings.ts'
import { contactRoutes } from './contacts.ts'
import { dealRoutes } from './deals.ts'
import { costImportRoutes } from './cost-imports.ts'
import { costRoutes } from './costs.ts'
import { currencyRateRoutes } from './currency-rates.ts'
import { demoRoutes } from './demo.ts'
import { deviceRoutes } from './devices.ts'
import { dialListRoutes } from './dial-lists.ts'
import { dialSearchRoutes } from './dial-search.ts'
import { dialPolicyRoutes } from './dial-policy.ts'
import { docsRoutes } from './docs.ts'
import { dictationRoutes } from './dictations.ts'
import { doNotCallRoutes } from './do-not-call.ts'
import { groupRoutes } from './groups.ts'
import { healthRoutes } from './health.ts'
import { importRoutes } from './imports.ts'
import { inquiryRoutes } from './inquiries.ts'
import { jobRoutes } from './jobs.ts'
import { mailSettingsRoutes } from './mail-settings.ts'
import { missedCallRoutes } from './missed-calls.ts'
import { meRoutes } from './me.ts'
import { metricsRoutes } from './metrics.ts'
import { musicRoutes } from './music-classes.ts'
import { operatorRoutes } from './operators.ts'
import { pauseReasonRoutes } from './pause-reasons.ts'
import { numberPoolRoutes } from './number-pools.ts'
import { numberRoutes } from './numbers.ts'
import { pipelineRoutes } from './pipelines.ts'
import { promptRoutes } from './prompts.ts'
import { recordingRoutes } from './recording.ts'
import { savedViewRoutes } from './saved-views.ts'
import { reportMailingRoutes } from './report-mailings.ts'
import { reportRoutes } from './reports.ts'
import { reportRuleRoutes } from './report-rules.ts'
import { schemeRoutes } from './schemes.ts'
import { siteCheckRoutes } from './site-checks.ts'
import { siteRoutes } from './sites.ts'
import { scheduleRoutes } from './schedules.ts'
import { secondFactorRoutes } from './second-factor.ts'
import { sessionRoutes } from './sessions.ts'
import { setupCallRoutes } from './setup-call.ts'
import { setupRoutes } from './setup.ts'
import { sourceRoutes } from './sources.ts'
import { sipTraceRoutes } from './sip-trace.ts'
import { tagRoutes } from './tags.ts'
import { certificateRoutes } from './certificates.ts'
import { systemRoutes } from './system.ts'
import { taskRoutes } from './tasks.ts'
import { tokenRoutes } from './tokens.ts'
import { trackRoutes } from './track.ts'
import { trunkRoutes } from './trunks.ts'
import { usageRoutes } from './usage.ts'
import { userRoutes } from './users.ts'
import { legQualityRoutes } from './leg-quality.ts'
import { wrapUpCodeRoutes } from './wrap-up-codes.ts'
import { visitRoutes } from './visits.ts'
import { wallRoutes } from './wall.ts'
import { webhookDeliveryRoutes } from './webhook-deliveries.ts'
import { webhookRoutes } from './webhooks.ts'

/** Every endpoint there is, in the order of the documentation. */
export function allEndpoints(deps: ApiDeps): Endpoint[] {
  const endpoints: Endpoint[] = [
    ...authRoutes(deps),
    ...meRoutes(deps),
    ...accessLinkRoutes(deps),
    ...sessionRoutes(deps),
    ...secondFactorRoutes(deps),
    ...missedCallRoutes(deps),
    ...callRoutes(deps),
    ...callCommentRoutes(deps),
    ...callExportRoutes(deps),
    ...visitRoutes(deps),
    ...savedViewRoutes(deps),
    ...callWishRoutes(deps),
    ...clickToCallRoutes(deps),
    ...dialSearchRoutes(deps),
    ...recordingRoutes(deps),
    ...legQualityRoutes(deps),
    ...callbackRoutes(deps),
    ...tagRoutes(deps),
    ...taskRoutes(deps),
    ...dialListRoutes(deps),
    ...doNotCallRoutes(deps),
    ...callerListRoutes(deps),
    ...callerEntryRoutes(deps),
    ...dialPolicyRoutes(deps),
    ...contactRoutes(deps),
    ...contactPartRoutes(deps),
    ...contactMergeRoutes(deps),
    ...contactSettingsRoutes(deps),
    ...companyRoutes(deps),
    ...inquiryRoutes(deps),
    ...pipelineRoutes(deps),
    ...dealRoutes(deps),
    ...numberRoutes(deps),
    ...numberPoolRoutes(deps),
    ...sourceRoutes(deps),
    ...siteRoutes(deps),
    ...costRoutes(deps),
    ...costImportRoutes(deps),
    ...currencyRateRoutes(deps),
    ...siteCheckRoutes(deps),
    ...trackRoutes(deps),
    ...schemeRoutes(deps),
    ...scheduleRoutes(deps),
    ...promptRoutes(deps),
    ...dictationRoutes(deps),
    ...musicRoutes(deps),
    ...groupRoutes(deps),
    ...userRoutes(deps),
    ...deviceRoutes(deps),
    ...pauseReasonRoutes(deps),
    ...wrapUpCodeRoutes(deps),
    ...operatorRoutes(deps),
    ...wallRoutes(deps),
    ...trunkRoutes(deps),
    ...sipTraceRoutes(deps),
    ...webhookRoutes(deps),
    ...webhookDeliveryRoutes(deps),
    ...connectorRoutes(deps),
    ...connectorLogRoutes(deps),
    ...reportRoutes(deps),
    ...reportMailingRoutes(deps),
    ...mailSettingsRoutes(deps),
    ...reportRuleRoutes(deps),
    ...usageRoutes(deps),
    ...bulkChangeRoutes(deps),
    ...importRoutes(deps),
    ...tokenRoutes(deps),
    ...auditRoutes(deps),
    ...systemRoutes(deps),
    ...certificateRoutes(deps),
    ...backupRoutes(deps),
    ...jobRoutes(deps),
    ...setupRoutes(deps),
    ...setupCallRoutes(deps),
    ...demoRoutes(deps),
    ...healthRoutes(deps),
    ...metricsRoutes(deps)
  ]
  return [...endpoints, ...docsRoutes(deps, endpoints)]
}
