/** A photo of one's own sorting: taken, sent, judged, and what came of it. */
import { Image, Textarea, View } from '@tarojs/components'
import Taro, { useLoad } from '@tarojs/taro'
import { useEffect, useState } from 'react'
import { appeal, points, type SelfCheck, selfCheck, sendSelfCheck } from '../../api/resident'
import { forget, useAnswer } from '../../lib/asking'
import { dateText, hourOf, whenText } from '../../lib/clock'
import { go } from '../../lib/going'
import { sameOrigin } from '../../lib/http'
import { once } from '../../lib/idempotency'
import { pointsText } from '../../lib/money'
import { storePhoto, takePhoto } from '../../lib/photos'
import { Button, Card, Drawing, Icon, Page, Sheet, Tap } from '../../ui/base'
import type { IconName } from '../../ui/icon-names'
import { Refusal, Shown } from '../../ui/states'
import './index.scss'

const LOOK_EVERY = 3000
const WAITS = ['screening', 'waiting', 'escalated']

export default function Photo() {
  const [id, setId] = useState<string>()
  const [taken, setTaken] = useState<string>()
  const [isSending, setSending] = useState(false)
  const [error, setError] = useState<Error>()
  const take = async () => {
    setError(undefined)
    const path = await takePhoto()
    if (path) setTaken(path)
    return path
  }
  useLoad(params => {
    if (params.id) setId(params.id)
    else if (params.take) void take().catch(setError)
  })
  const send = async () => {
    if (!taken) return
    setSending(true)
    setError(undefined)
    try {
      const sent = await once(`photo:${taken}`, async key => sendSelfCheck(await stored(taken), key))
      forget('today', 'points', 'self-check')
      setTaken(undefined)
      setId(sent.id)
    } catch (failure) {
      setError(failure as Error)
    } finally {
      setSending(false)
    }
  }
  if (id) return <Judged id={id} onAgain={() => (setId(undefined), take().catch(setError))} />
  return (
    <Page
      title='拍今天的垃圾'
      foot={
        taken ? (
          <>
            <Button kind='quiet' onTap={isSending ? undefined : () => void take()}>
              重拍
            </Button>
            <Button id='use' kind='gold' big onTap={isSending ? undefined : send}>
              {isSending ? '正在传…' : '用这张'}
            </Button>
          </>
        ) : (
          <Button id='shutter' kind='gold' big icon='camera-fill' onTap={() => void take().catch(setError)}>
            拍一张
          </Button>
        )
      }
    >
      {taken && (
        <View className='photo'>
          <Image className='shown' src={taken} mode='aspectFill' {...({ alt: '刚拍的照片' } as any)} />
        </View>
      )}
      {error && <Refusal error={error} act='再试一次' onAct={taken ? send : () => void take()} />}
      <Card>
        {!taken && (
          <View className='center'>
            <Drawing name='bin-kitchen' width={104} height={128} />
          </View>
        )}
        <View className='h2'>这样拍，一次就过</View>
        <View className='dim' style={{ marginTop: '8px' }}>
          打开桶盖，离桶一步远，能看清里面是什么。天黑开闪光灯。
        </View>
      </Card>
    </Page>
  )
}

// What was put into the store for a photo, so that a second try with the same photo names the same.
const uploads = new Map<string, Promise<string>>()
function stored(path: string): Promise<string> {
  const already = uploads.get(path)
  if (already) return already
  const storing = storePhoto(path).catch(failure => {
    uploads.delete(path)
    throw failure
  })
  uploads.set(path, storing)
  return storing
}

function Judged({ id, onAgain }: { id: string; onAgain: () => void }) {
  const found = useAnswer(`self-check:${id}`, () => selfCheck(id))
  const state = found.value?.state
  useEffect(() => {
    if (!state || !WAITS.includes(state)) return
    const timer = setInterval(found.again, LOOK_EVERY)
    return () => clearInterval(timer)
  }, [state])
  const rejected = state === 'rejected' || state === 'unreadable'
  const foot = rejected ? (
    <Button kind='gold' big icon='camera-fill' onTap={onAgain}>
      重新拍一张
    </Button>
  ) : (
    <Button kind='ink' onTap={() => go('/pages/today/index')}>
      好
    </Button>
  )
  return (
    <Page title='自查照片' foot={foot}>
      <Shown of={found}>
        {check => (
          <>
            <View className='photo'>
              {check.photo_url && (
                <Image
                  className='shown'
                  src={sameOrigin(check.photo_url)}
                  mode='aspectFill'
                  {...({ alt: '您拍的照片' } as any)}
                />
              )}
              <View className='chip ink when'>
                <Icon name='camera-fill' /> {whenText(check.submitted_at)}
              </View>
              {(check.state === 'approved' || rejected) && (
                <View className='stamp'>
                  <View className={`seal ${rejected ? 'bad' : 'ok'}`}>{rejected ? '退回' : '通过'}</View>
                </View>
              )}
            </View>
            {check.state === 'approved' && <Won check={check} />}
            {rejected && <Rejected check={check} />}
            <Timeline check={check} />
            <View className='banner link'>
              <Icon name='info' />
              <View>每天的第一张照片得分，再拍的会留着，不再加分。</View>
            </View>
          </>
        )}
      </Shown>
    </Page>
  )
}

function Won({ check }: { check: SelfCheck }) {
  const balance = useAnswer('points', points)
  if (!check.points) return null
  return (
    <View className='win'>
      <View className='figure num'>+{check.points}</View>
      <View className='grow'>
        <View className='b l'>分到手了，现在就能花</View>
        {balance.value && <View className='s'>可用积分 {pointsText(balance.value.points)}</View>}
      </View>
    </View>
  )
}

function Rejected({ check }: { check: SelfCheck }) {
  const [isOpen, open] = useState(false)
  return (
    <>
      <Card>
        <View className='b xl'>{check.message}</View>
      </Card>
      <View className='banner warn'>
        <Icon name='warning-fill' />
        <View>这次没有得分，也不扣分。今天重新拍一张，通过了照样得分。</View>
      </View>
      {check.appeal && (
        <View className='banner link'>
          <Icon name='chat-circle-dots' />
          <View>
            {
              {
                waiting: '申诉交上去了，另一个人会再看一次',
                stands: '另一个人也看过，还是退回',
                overturned: '改判了：算通过',
              }[check.appeal]
            }
          </View>
        </View>
      )}
      {check.can_appeal_until && !check.appeal && (
        <Tap className='card tight row' onTap={() => open(true)}>
          <View className='disc'>
            <Icon name='chat-circle-dots' />
          </View>
          <View className='grow'>
            <View className='b'>觉得判错了？</View>
            <View className='muted s'>{dateText(check.can_appeal_until)}前可以请另一个人再看一次</View>
          </View>
          <View className='link'>申诉</View>
        </Tap>
      )}
      {isOpen && <Appeal check={check} onClose={() => open(false)} />}
    </>
  )
}

function Appeal({ check, onClose }: { check: SelfCheck; onClose: () => void }) {
  const [words, setWords] = useState('')
  const [error, setError] = useState<Error>()
  const send = () =>
    once(`appeal:${check.id}`, key => appeal(check.id, words, key))
      .then(() => {
        forget(`self-check:${check.id}`)
        onClose()
        void Taro.redirectTo({ url: `/account/photo/index?id=${check.id}` })
      })
      .catch(setError)
  return (
    <Sheet label='申诉' onClose={onClose}>
      <View className='b xl'>哪里判错了？</View>
      <Textarea
        className='area'
        maxlength={200}
        value={words}
        onInput={event => setWords(event.detail.value)}
        placeholder='比如：瓶子是洗干净的，放在蓝桶里'
      />
      {error && <Refusal error={error} />}
      <Button big onTap={words.trim() ? send : undefined}>
        请另一个人再看一次
      </Button>
    </Sheet>
  )
}

function Timeline({ check }: { check: SelfCheck }) {
  const stops: { icon: IconName; look: string; title: string; words?: string }[] = [
    { icon: 'check-bold', look: '', title: `${hourOf(check.submitted_at)} 传上来了` },
  ]
  if (check.state === 'screening')
    stops.push({ icon: 'clock', look: 'wait', title: '正在先查一遍', words: '看清不清楚，有没有用过' })
  else stops.push({ icon: 'check-bold', look: check.state === 'unreadable' ? 'no' : '', title: '先查了一遍' })
  if (check.state === 'waiting')
    stops.push({ icon: 'clock', look: 'wait', title: '等审核员看', words: check.message })
  if (check.state === 'escalated')
    stops.push({ icon: 'clock', look: 'wait', title: '请另一个人再看', words: check.message })
  if (check.reviewed_at) {
    const passed = check.state === 'approved'
    stops.push({
      icon: passed ? 'check-bold' : 'x-bold',
      look: passed ? '' : 'no',
      title: `${hourOf(check.reviewed_at)} 看过了`,
      words: check.message,
    })
    if (passed && check.points) stops.push({ icon: 'coins', look: '', title: `得 ${check.points} 分` })
  }
  return (
    <Card>
      <View className='h2'>这张照片怎么走的</View>
      <View className='timeline'>
        {stops.map(stop => (
          <View key={stop.title} className='stop'>
            <View className={`o ${stop.look}`}>
              <Icon name={stop.icon} />
            </View>
            <View className='b'>{stop.title}</View>
            {stop.words && <View className='s dim'>{stop.words}</View>}
          </View>
        ))}
      </View>
    </Card>
  )
}
