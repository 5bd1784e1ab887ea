import { covers, daysUntil, MaterialRefused } from '../../host/tls/material.ts'
import type { TlsKeeper } from '../../host/tls/keeper.ts'
import { audit } from '../audit.ts'
import { certificate, certificatePut, type Certificate } from '../contract/certificates.ts'
import type { ApiDeps } from '../deps.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { ApiError } from '../problems.ts'

/** The certificate of the installation. Its key goes in and never out. */
export const certificateRoutes = (deps: ApiDeps): Endpoint[] => [
  endpoint({
    route: 'GET /api/certificate',
    summary: 'The certificate in use, by https and by SIP over TLS',
    answer: certificate,
    handle: () => Promise.resolve(shown(deps))
  }),
  endpoint({
    route: 'PUT /api/certificate',
    summary: 'Bring a certificate chain with its key; used at once, and nobody is cut off',
    body: certificatePut,
    answer: certificate,
    isUnrepeatable: true,
    async handle(context) {
      const keeper = changeable(deps)
      const before = told(deps)
      try {
        await keeper.upload(context.body.certificate, context.body.key)
      } catch (error) {
        if (!(error instanceof MaterialRefused)) throw error
        const { reason, about, message } = error
        throw new ApiError('certificate_refused', {
          detail: message,
          current: { reason, about },
          cause: error
        })
      }
      await audit(deps.db, context, { action: 'certificate.change', change: { before, after: told(deps) } })
      return shown(deps)
    }
  }),
  endpoint({
    route: 'DELETE /api/certificate',
    summary: 'Take the uploaded certificate away: a self-signed one is used again',
    async handle(context) {
      const keeper = changeable(deps)
      if (keeper.current().source !== 'uploaded') throw new ApiError('not_found')
      const before = told(deps)
      await keeper.removeUpload()
      await audit(deps.db, context, { action: 'certificate.delete', change: { before, after: told(deps) } })
    }
  })
]

/** For the audit. */
function told(deps: ApiDeps) {
  const { subject, names, endsAt, fingerprint } = shown(deps)
  return { subject, names, endsAt, fingerprint }
}

function keeperOf({ outside }: ApiDeps): TlsKeeper {
  if (!outside?.keeper) throw new ApiError('not_found')
  return outside.keeper
}

function changeable(deps: ApiDeps): TlsKeeper {
  const keeper = keeperOf(deps)
  if (keeper.files) throw new ApiError('certificate_from_files')
  return keeper
}

function shown(deps: ApiDeps): Certificate {
  const keeper = keeperOf(deps)
  const { facts, source, problem } = keeper.current()
  const { startsMs, endsMs, ...rest } = facts
  const { outside, publicUrl } = deps
  return {
    isTls: outside?.isTls === true,
    sipTlsPort: outside?.sipTlsPort ?? null,
    source,
    files: keeper.files,
    ...rest,
    startsAt: new Date(startsMs).toISOString(),
    endsAt: new Date(endsMs).toISOString(),
    daysLeft: daysUntil(endsMs, Date.now()),
    isNamed: publicUrl === undefined || covers(facts, new URL(publicUrl).hostname),
    problem: problem && { reason: problem.reason, about: problem.about }
  }
}
