import { Button, Center, Loader, Stack, Text, Title } from '@mantine/core'
import {
  Component,
  lazy,
  Suspense,
  type ComponentType,
  type LazyExoticComponent,
  type ReactNode
} from 'react'
import { useTranslation } from 'react-i18next'
import { useSoftphone } from '../softphone/softphone-provider.tsx'

type Load = () => Promise<{ default: ComponentType }>

interface Given {
  /** Fetches the page; one function for a page, made once. */
  load: Load
}

/** What is known of pages outlives their being shown; one that could not be fetched is asked for anew. */
const contents = new Map<Load, LazyExoticComponent<ComponentType>>()

function contentOf(load: Load): LazyExoticComponent<ComponentType> {
  const content = contents.get(load) ?? lazy(load)
  contents.set(load, content)
  return content
}

/**
 * A page within the shell, fetched when it is opened first. When that fails, or the page breaks while it is drawn, the
 * shell stays, and with it a talk in the browser. Give it a key of its own for each page.
 */
export class Page extends Component<Given, { fails: number; isAway: boolean }> {
  override state = { fails: 0, isAway: false }

  static getDerivedStateFromError(): { isAway: boolean } {
    return { isAway: true }
  }

  override componentDidCatch(): void {
    this.setState(({ fails }) => ({ fails: fails + 1 }))
  }

  private readonly again = (): void => {
    contents.delete(this.props.load)
    this.setState({ isAway: false })
  }

  override render(): ReactNode {
    if (this.state.isAway) return <Away isAgain={this.state.fails > 1} onRetry={this.again} />
    const Content = contentOf(this.props.load)
    return (
      <Suspense fallback={<Waiting />}>
        <Content />
      </Suspense>
    )
  }
}

function Waiting() {
  return (
    <Center mih="50dvh">
      <Loader type="dots" size="sm" />
    </Center>
  )
}

function Away({ isAgain, onRetry }: { isAgain: boolean; onRetry: () => void }) {
  const { t } = useTranslation()
  const isTalking = useSoftphone().call !== null
  return (
    <Center mih="50dvh" p="lg">
      <Stack align="center" maw={420} role="alert" data-testid="page-away">
        <Title order={2} fz="lg" ta="center">
          {t('away.title')}
        </Title>
        <Text ta="center">{t(isTalking ? 'away.inTalk' : 'away.text')}</Text>
        <Button onClick={onRetry} data-testid="page-retry">
          {t('common.retry')}
        </Button>
        {/* A reload would cut the talk. */}
        {isAgain && !isTalking && (
          <Button variant="default" onClick={() => location.reload()}>
            {t('away.reload')}
          </Button>
        )}
      </Stack>
    </Center>
  )
}
