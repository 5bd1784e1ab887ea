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
import { listExportRoutes } from './list-exports.ts'
import { callRoutes } from './calls.ts'
import { callerEntryRoutes } from './caller-entries.ts'
import { callerListRoutes } from './caller-lists.ts'
import { clientImportRoutes } from './client-imports.ts'
import { clickToCallRoutes } from './click-to-call.ts'
import { automationRoutes } from './automation.ts'
import { automationRunRoutes } from './automation-runs.ts'
import { automationSettingsRoutes } from './automation-settings.ts'
import { refusalRoutes } from './refusals.ts'
import { connectorLogRoutes } from './connector-log.ts'
import { connectorPartRoutes } from './connector-parts.ts'
import { connectorRoutes } from './connectors.ts'
import { hookRoutes } from './hooks.ts'
import { callWishRoutes } from './call-wishes.ts'
import { companyRoutes } from './companies.ts'
import { contactMergeRoutes } from './contact-merges.ts'
import { contactPartRoutes } from './contact-parts.ts'
import { contactSettingsRoutes } from './contact-settings.ts'
import { contactRoutes } from './contacts.ts'
import { dealPartRoutes } from './deal-parts.ts'
import { dealRoutes } from './deals.ts'
import { costConnectorRoutes } from './cost-connectors.ts'
import { costImportRoutes } from './cost-imports.ts'
import { costRoutes } from './costs.ts'
import { currencyRateRoutes } from './currency-rates.ts'
import { demoRoutes } from './demo.ts'
import { deviceRoutes } from './devices.ts'
import { dialListRoutes } from './dial-lists.ts'
import { dialSearchRoutes } from './dial-search.ts'
import { documentRoutes } from './documents.ts'
import { dialPolicyRoutes } from './dial-policy.ts'
import { docsRoutes } from './docs.ts'
import { dictationRoutes } from './dictations.ts'
import { dialStopRoutes } from './dial-stops.ts'
import { doNotCallRoutes } from './do-not-call.ts'
import { forecastRoutes } from './forecast.ts'
import { groupRoutes } from './groups.ts'
import { handOverRoutes } from './hand-over.ts'
import { healthRoutes } from './health.ts'
import { importRoutes } from './imports.ts'
import { inquiryRoutes } from './inquiries.ts'
import { inquiryDeskRoutes } from './inquiry-desk.ts'
import { missedBoardRoutes } from './missed-board.ts'
import { jobRoutes } from './jobs.ts'
import { mailSettingsRoutes } from './mail-settings.ts'
import { messageChannelRoutes } from './message-channels.ts'
import { messageTemplateRoutes } from './message-templates.ts'
import { messageRoutes } from './messages.ts'
import { missedCallRoutes } from './missed-calls.ts'
import { meRoutes } from './me.ts'
import { metricsRoutes } from './metrics.ts'
import { musicRoutes } from './music-classes.ts'
import { operatorRoutes } from './operators.ts'
import { pauseReasonRoutes } from './pause-reasons.ts'
import { noticeRoutes } from './notices.ts'
import { numberPoolRoutes } from './number-pools.ts'
import { numberRoutes } from './numbers.ts'
import { personalDataRoutes } from './personal-data.ts'
import { pipelineRoutes } from './pipelines.ts'
import { projectRoutes } from './projects.ts'
import { promptRoutes } from './prompts.ts'
import { recordingRoutes } from './recording.ts'
import { savedViewRoutes } from './saved-views.ts'
import { overloadRoutes } from './overload.ts'
import { retentionRoutes } from './retention.ts'
import { reportMailingRoutes } from './report-mailings.ts'
import { reportRoutes } from './reports.ts'
import { reportRuleRoutes } from './report-rules.ts'
import { schemeRoutes } from './schemes.ts'
import { siteCheckRoutes } from './site-checks.ts'
import { sharedRecordingRoutes } from './shared-recordings.ts'
import { siteRoutes } from './sites.ts'
import { scheduleRoutes } from './schedules.ts'
import { secondFactorRoutes } from './second-factor.ts'
import { sessionRoutes } from './sessions.ts'
import { setupCallRoutes } from './setup-call.ts'
import { setupRoutes } from './setup.ts'
import { sourceRoutes } from './sources.ts'
import { sipBanRoutes } from './sip-bans.ts'
import { sipTraceRoutes } from './sip-trace.ts'
import { tagRoutes } from './tags.ts'
import { certificateRoutes } from './certificates.ts'
import { systemRoutes } from './system.ts'
import { taskTimeRoutes } from './task-times.ts'
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
    ...listExportRoutes(deps),
    ...visitRoutes(deps),
    ...savedViewRoutes(deps),
    ...callWishRoutes(deps),
    ...clickToCallRoutes(deps),
    ...dialSearchRoutes(deps),
    ...recordingRoutes(deps),
    ...sharedRecordingRoutes(deps),
    ...legQualityRoutes(deps),
    ...callbackRoutes(deps),
    ...tagRoutes(deps),
    ...taskRoutes(deps),
    ...taskTimeRoutes(deps),
    ...projectRoutes(deps),
    ...documentRoutes(deps),
    ...noticeRoutes(deps),
    ...dialListRoutes(deps),
    ...doNotCallRoutes(deps),
    ...dialStopRoutes(deps),
    ...sipBanRoutes(deps),
    ...callerListRoutes(deps),
    ...callerEntryRoutes(deps),
    ...dialPolicyRoutes(deps),
    ...contactRoutes(deps),
    ...contactPartRoutes(deps),
    ...contactMergeRoutes(deps),
    ...contactSettingsRoutes(deps),
    ...companyRoutes(deps),
    ...inquiryDeskRoutes(deps),
    ...missedBoardRoutes(deps),
    ...inquiryRoutes(deps),
    ...pipelineRoutes(deps),
    // Before a deal of that name is looked for.
    ...forecastRoutes(deps),
    ...dealPartRoutes(deps),
    ...dealRoutes(deps),
    ...messageRoutes(deps),
    ...messageTemplateRoutes(deps),
    ...messageChannelRoutes(deps),
    ...numberRoutes(deps),
    ...numberPoolRoutes(deps),
    ...sourceRoutes(deps),
    ...siteRoutes(deps),
    ...costRoutes(deps),
    ...costImportRoutes(deps),
    ...costConnectorRoutes(deps),
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
    ...automationRoutes(deps),
    ...automationRunRoutes(deps),
    ...automationSettingsRoutes(deps),
    ...refusalRoutes(deps),
    ...connectorPartRoutes(deps),
    ...hookRoutes(deps),
    ...reportRoutes(deps),
    ...reportMailingRoutes(deps),
    ...mailSettingsRoutes(deps),
    ...reportRuleRoutes(deps),
    ...usageRoutes(deps),
    ...bulkChangeRoutes(deps),
    ...importRoutes(deps),
    ...clientImportRoutes(deps),
    ...personalDataRoutes(deps),
    ...overloadRoutes(deps),
    ...retentionRoutes(deps),
    ...handOverRoutes(deps),
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
