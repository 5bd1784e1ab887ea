import { DialBox } from './dial-box.tsx'
import { useAskedNumber } from './call-link.tsx'
import { MyWork } from './my-work.tsx'
import { ParkedCalls } from './parked.tsx'

interface Props {
  /** Nobody is on the line: there is a hand for the dial pad. */
  isFree: boolean
  onOpen: (callId: string) => void
}

/** The operator's side column: whom to call, who is parked, and everything that is their own. */
export default function OwnSide({ isFree, onOpen }: Props) {
  const { asked, isWanted, done } = useAskedNumber()
  return (
    <>
      {isFree && <DialBox key={asked} asked={asked} isWanted={isWanted} onDone={done} />}
      <ParkedCalls canTake={isFree} />
      <MyWork onOpen={onOpen} />
    </>
  )
}
