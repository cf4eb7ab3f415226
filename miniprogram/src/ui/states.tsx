/** The five states of a screen: empty, waiting, offline, refused, done. */
import { View } from '@tarojs/components'
import type { ReactNode } from 'react'
import { useEffect, useState } from 'react'
import type { Answer } from '../lib/asking'
import { hourOf } from '../lib/clock'
import { ApiError, NoAnswer } from '../lib/http'
import { Button, Card, Drawing, Icon } from './base'

const PATIENCE = 8000

export function Empty({
  drawing = 'bin-recyclable',
  title,
  words,
  act,
  onAct,
}: {
  drawing?: string
  title: string
  words: string
  act?: string
  onAct?: () => void
}) {
  return (
    <Card className='empty'>
      <Drawing name={drawing} width={84} height={103} />
      <View className='b l'>{title}</View>
      <View className='dim s'>{words}</View>
      {act && <Button onTap={onAct}>{act}</Button>}
    </Card>
  )
}

/** The shape of what comes; after a while a sentence and a way to try again. */
export function Skeleton({ rows = 3, onAgain }: { rows?: number; onAgain: () => void }) {
  const [isLong, setLong] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), PATIENCE)
    return () => clearTimeout(timer)
  }, [])
  return (
    <View className='col late' style={{ gap: '16px' }}>
      {Array.from({ length: rows }, (_, row) => (
        <Card key={row}>
          <View className='row'>
            <View className='sk' style={{ width: '44px', height: '44px' }} />
            <View className='grow col' style={{ gap: '8px' }}>
              <View className='sk' style={{ width: '70%' }} />
              <View className='sk' style={{ width: '44%' }} />
            </View>
          </View>
        </Card>
      ))}
      {isLong && (
        <Card>
          <View className='b'>网络有点慢，还在等</View>
          <Button kind='quiet' onTap={onAgain}>
            再试一次
          </Button>
        </Card>
      )}
    </View>
  )
}

export function Refusal({
  error,
  act = '再试一次',
  onAct,
}: {
  error: Error
  act?: string
  onAct?: () => void
}) {
  const isOurs = !(error instanceof NoAnswer) && !(error instanceof ApiError && error.status >= 500)
  const number = error instanceof ApiError ? error.requestId.slice(-7).toUpperCase() : ''
  return (
    <Card className='refusal'>
      <View className='row' style={{ alignItems: 'flex-start' }}>
        <View className='disc bad'>
          <Icon name={error instanceof NoAnswer ? 'wifi-slash' : 'warning-circle-fill'} />
        </View>
        <View className='grow'>
          <View className='b l'>{error.message}</View>
          {!isOurs && <View className='dim'>东西都还在，等一会儿再试就行。</View>}
        </View>
      </View>
      {onAct && (
        <Button className='full' kind='ink' onTap={onAct}>
          {act}
        </Button>
      )}
      {number && <View className='xs muted'>还不行？报这个号给村里：{number}</View>}
    </Card>
  )
}

/** Shows what was answered, or why there is nothing to show. */
export function Shown<T>({
  of,
  rows,
  children,
}: {
  of: Answer<T>
  rows?: number
  children: (value: T) => ReactNode
}) {
  if (of.value === undefined)
    return of.error ? (
      <Refusal error={of.error} onAct={of.again} />
    ) : (
      <Skeleton rows={rows} onAgain={of.again} />
    )
  return (
    <>
      {of.since !== undefined && (
        <View className='banner warn'>
          <Icon name='clock' />
          <View>{hourOf(new Date(of.since).toISOString())} 看到的，现在连不上</View>
        </View>
      )}
      {children(of.value)}
    </>
  )
}

export function Done({ title, words }: { title: string; words?: string }) {
  return (
    <View className='done' role='status' {...({} as any)}>
      <View className='mark'>
        <Icon name='check-circle-fill' />
      </View>
      <View className='b xl'>{title}</View>
      {words && <View>{words}</View>}
    </View>
  )
}
