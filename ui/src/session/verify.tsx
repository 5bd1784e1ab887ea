import { lazy, Suspense, useEffect, useState } from 'react'
import { withTexts } from '../i18n/index.ts'
import { onVerifyWanted } from '../lib/api.ts'

const VerifyDialog = lazy(withTexts(['sign-in'], () => import('./verify-dialog.tsx')))

type Answer = (isVerified: boolean) => void

/** Asks for the password when the server wants it again; whatever asked the server then goes on by itself. */
export function Verify() {
  const [answers, setAnswers] = useState<readonly Answer[]>([])
  useEffect(() => {
    // Requests that meet the question together are answered together.
    onVerifyWanted(() => new Promise((resolve) => setAnswers((all) => [...all, resolve])))
    return () => onVerifyWanted(null)
  }, [])
  if (answers.length === 0) return null
  const settle = (isVerified: boolean): void => {
    for (const answer of answers) answer(isVerified)
    setAnswers([])
  }
  return (
    <Suspense>
      <VerifyDialog onDone={() => settle(true)} onClose={() => settle(false)} />
    </Suspense>
  )
}
