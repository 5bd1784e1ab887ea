import './jitless.ts'
import { Alert, Button, Group, List, Modal, Stack, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import type { SchemeRecord } from '../../../api/contract/config.ts'
import { api } from '../lib/api.ts'
import { explain, fieldErrors } from '../lib/explain.ts'
import { inBackground } from '../lib/in-background.ts'
import { chooseFile, readSchemeFile } from './files.ts'
import { firstBeginning, isReady, schemeOf, TemplatePicker } from './template-picker.tsx'

/** Makes a scheme: empty, of a template, or of a file; and opens it to be drawn. */
export default function NewSchemeDialog({ onClose }: { onClose: () => void }) {
  const { t, i18n } = useTranslation()
  const client = useQueryClient()
  const navigate = useNavigate()
  const [name, setName] = useState('')
  const [beginning, setBeginning] = useState(() => firstBeginning('empty'))
  const [file, setFile] = useState<NonNullable<ReturnType<typeof readSchemeFile>> | null>(null)
  const [isNoFile, setNoFile] = useState(false)
  const isFile = beginning.id === 'file'
  const create = useMutation({
    mutationFn: () => {
      if (isFile && file) {
        return api<SchemeRecord>('POST', '/api/schemes/import', {
          format: 'ringtrace-scheme',
          formatVersion: 1,
          name: name.trim(),
          scheme: file.scheme,
          checks: file.checks
        })
      }
      const draft = schemeOf(beginning, i18n.language === 'en' ? 'en' : 'ru')
      return api<SchemeRecord>('POST', '/api/schemes', { name: name.trim(), draft })
    },
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: ['all', 'schemes'] })
      await navigate(`/schemes/${id}`)
    }
  })
  const pick = async (): Promise<void> => {
    const text = await chooseFile()
    if (text === null) return
    const read = readSchemeFile(text)
    setFile(read)
    setNoFile(read === null)
    if (read && name === '') setName(read.name)
  }
  const errors = fieldErrors(create.error)
  const canCreate = name.trim() !== '' && (isFile ? file !== null : isReady(beginning))
  return (
    <Modal opened onClose={onClose} size="lg" title={t('schemes.new.title')} data-testid="new-scheme">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (canCreate) create.mutate()
        }}
      >
        <Stack gap="md">
          <TextInput
            label={t('schemes.name')}
            required
            data-autofocus
            maxLength={200}
            value={name}
            error={errors['name']}
            onChange={(event) => setName(event.currentTarget.value)}
            data-testid="new-scheme-name"
          />
          <TemplatePicker value={beginning} hasMore onChange={setBeginning} />
          {isFile && (
            <Group>
              <Button variant="default" onClick={() => inBackground(pick())} data-testid="choose-file">
                {t('schemes.new.chooseFile')}
              </Button>
              {file && (file.name === '' ? '✓' : file.name)}
            </Group>
          )}
          {isNoFile && (
            <Alert color="rust" role="alert">
              {t('schemes.notFile')}
            </Alert>
          )}
          {create.isError && (
            <Alert color="rust" role="alert">
              {explain(create.error)}
              <List size="sm">
                {Object.entries(errors)
                  .filter(([path]) => path !== 'name')
                  .slice(0, 8)
                  .map(([path, message]) => (
                    <List.Item key={path}>
                      {path}: {message}
                    </List.Item>
                  ))}
              </List>
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button
              type="submit"
              disabled={!canCreate}
              loading={create.isPending}
              data-testid="create-scheme"
            >
              {t('schemes.new.create')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
