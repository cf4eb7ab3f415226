/** 我联系的户: who next, and what waits to be sent. */
import { View } from '@tarojs/components'
import Taro, { useDidShow } from '@tarojs/taro'
import { useEffect, useState } from 'react'
import { households, type Need } from '../../api/field'
import type { Schemas } from '../../api/resident'
import { useAnswer } from '../../lib/asking'
import { dayText, hourOf } from '../../lib/clock'
import { go } from '../../lib/going'
import { newId } from '../../lib/ids'
import { keepFile } from '../../lib/keepfile'
import { who } from '../../lib/keeping'
import { isSomebody } from '../../lib/person'
import { takePhoto } from '../../lib/photos'
import type { Waiting } from '../../lib/queue'
import { useSession, WHO_PAGE } from '../../lib/session'
import { Button, Card, Icon, Page, Sheet, Tap, useOnline } from '../../ui/base'
import { Empty, Shown } from '../../ui/states'
import { records, useRecords } from '../records'
import './index.scss'

type Household = Schemas['AssignedHouseholdOut']
const NEEDS: [Need | 'all', string][] = [
  ['due', '该走访'],
  ['slipping', '退步'],
  ['care', '要关爱'],
  ['all', '全部'],
]
const fits = (home: Household, need: Need | 'all') =>
  need === 'all' || { due: home.is_due, slipping: home.is_slipping, care: home.needs_care }[need]

export default function Households() {
  const { me } = useSession()
  const online = useOnline()
  const waiting = useRecords()
  const found = useAnswer(me ? 'liaison' : undefined, () => households())
  const [need, setNeed] = useState<Need | 'all'>('due')
  const [opened, openOne] = useState<string>()
  const [sheet, setSheet] = useState<'records' | 'places'>()
  useEffect(() => {
    if (!me) return
    who.put('user', me.user_id)
    records.work()
  }, [me])
  useDidShow(() => {
    if (!isSomebody()) void Taro.reLaunch({ url: WHO_PAGE })
    records.work()
  })
  const open = waiting.filter(one => one.state !== 'sent')
  const title = (
    <Tap className='touch b' onTap={() => setSheet('places')}>
      联系党员 · {me?.household?.head ?? me?.name}
      <Icon name='caret-down-bold' />
    </Tap>
  )
  return (
    <Page isTab title={title} className='liaison' worksOffline>
      {(open.length > 0 || !online) && (
        <View className='banner warn'>
          <Icon name={online ? 'clock' : 'wifi-slash'} />
          <View className='grow'>
            {!online && <View className='b'>没有网络，照样能干活。</View>}
            {open.length > 0 ? `${open.length} 条记录等着上传` : '记下来的先存在手机里'}
          </View>
          {open.length > 0 && (
            <Tap className='touch b' onTap={() => setSheet('records')}>
              看看
            </Tap>
          )}
        </View>
      )}
      <Shown of={found}>
        {({ items }) => {
          const left = items.filter(one => !one.is_checked_this_month && !recordOf(waiting, one.id))
          const shown = items
            .filter(one => fits(one, need))
            .sort((a, b) => Number(!!recordOf(waiting, a.id)) - Number(!!recordOf(waiting, b.id)))
          const first = opened ?? shown.find(one => !recordOf(waiting, one.id))?.id
          return (
            <>
              <View>
                <View className='b xl'>
                  {left.length ? `这个月还有 ${left.length} 户没走访` : '这个月都走访过了'}
                </View>
                <View className='muted s'>{items.length} 户由您联系</View>
              </View>
              <View className='needs'>
                {NEEDS.map(([value, words]) => (
                  <Tap
                    key={value}
                    className={`need ${need === value ? 'on' : ''}`}
                    onTap={() => setNeed(value)}
                  >
                    {words} {items.filter(one => fits(one, value)).length}
                  </Tap>
                ))}
              </View>
              {!shown.length && (
                <Empty
                  drawing='bin-kitchen'
                  title='这里没有人家'
                  words='换一类看看，或者歇一歇。'
                  act='看全部'
                  onAct={() => setNeed('all')}
                />
              )}
              {shown.map(home => (
                <Home
                  key={home.id}
                  home={home}
                  isOpen={home.id === first}
                  record={recordOf(waiting, home.id)}
                  onOpen={() => openOne(home.id)}
                />
              ))}
            </>
          )
        }}
      </Shown>
      {sheet === 'records' && <Records list={waiting} onClose={() => setSheet(undefined)} />}
      {sheet === 'places' && <Places onClose={() => setSheet(undefined)} />}
    </Page>
  )
}

const recordOf = (list: Waiting[], household: string) =>
  list.filter(one => one.household === household && dayText(one.phone_time) === '今天').at(-1)

function Home({
  home,
  isOpen,
  record,
  onOpen,
}: {
  home: Household
  isOpen: boolean
  record?: Waiting
  onOpen: () => void
}) {
  const last = home.last_check_at ? `上次 ${dayText(home.last_check_at)}` : '还没去过'
  if (record)
    return (
      <View className='hh seen'>
        <View className='row'>
          <View className='door ok'>
            <Icon name={record.state === 'refused' ? 'x-bold' : 'check-bold'} />
          </View>
          <View className='grow'>
            <View className='b l'>{home.head}</View>
            <View className={`s ${record.state === 'refused' ? 'bad-text' : 'muted'}`}>
              今天 {hourOf(record.phone_time)} 看过 · {stateWords(record)}
            </View>
          </View>
        </View>
      </View>
    )
  const chips = (
    <View className='col' style={{ gap: '6px', alignItems: 'flex-end' }}>
      {home.is_slipping && <View className='chip bad'>退步</View>}
      {home.needs_care && <View className='chip ok'>要关爱</View>}
    </View>
  )
  if (!isOpen)
    return (
      <Tap className='hh' onTap={onOpen} label={`${home.door_number} ${home.head}`}>
        <View className='row'>
          <View className='door'>{home.door_number}</View>
          <View className='grow'>
            <View className='b l'>{home.head}</View>
            <View className='muted s'>
              {last} · 投放 {home.put_out_days} 天 · 拍照 {home.self_check_days} 天
            </View>
          </View>
          {chips}
        </View>
      </Tap>
    )
  return (
    <View className='hh first'>
      <View className='row'>
        <View className='door'>{home.door_number}</View>
        <View className='grow'>
          <View className='b l'>{home.head}</View>
          <View className='muted s'>{last}</View>
        </View>
        {chips}
      </View>
      <View className='meters'>
        <Meter
          words='投放'
          days={home.put_out_days}
          before={home.put_out_days_before}
          percent={home.put_out_percent}
        />
        <Meter
          words='拍照'
          days={home.self_check_days}
          before={home.self_check_days_before}
          percent={home.self_check_percent}
        />
      </View>
      {home.last_note && <View className='s dim note'>上次记的：{home.last_note.text}</View>}
      <Button
        kind='gold'
        big
        id='at-the-door'
        icon='camera-fill'
        onTap={() =>
          go(
            `/field/visit/index?id=${home.id}&door=${encodeURIComponent(home.door_number)}&head=${encodeURIComponent(home.head)}`,
          )
        }
      >
        到门口了，开始看
      </Button>
    </View>
  )
}

function Meter({
  words,
  days,
  before,
  percent,
}: {
  words: string
  days: number
  before: number
  percent: number
}) {
  return (
    <View className='meter'>
      {words} {days} 天，原来 {before}
      <View className='track'>
        <View
          className={`bar ${days < before ? 'low' : ''}`}
          style={{ width: `${Math.min(100, percent)}%` }}
        />
      </View>
    </View>
  )
}

function stateWords(record: Waiting): string {
  return { waiting: '等着上传', sending: '正在传', sent: '传上去了', refused: record.why ?? '没有收下' }[
    record.state
  ]
}

function Records({ list, onClose }: { list: Waiting[]; onClose: () => void }) {
  const retake = async (record: Waiting) => {
    const path = await takePhoto()
    if (path) records.mend(record.id, { photo: await keepFile(path, newId()) })
  }
  return (
    <Sheet label='手机里的记录' onClose={onClose}>
      <View className='b xl'>手机里的记录</View>
      <Card className='list'>
        {list.map(record => (
          <View key={record.id} className='item'>
            <View
              className={`disc ${record.state === 'sent' ? 'ok' : record.state === 'refused' ? 'bad' : ''}`}
            >
              <Icon
                name={
                  record.state === 'sent' ? 'check-bold' : record.state === 'refused' ? 'x-bold' : 'clock'
                }
              />
            </View>
            <View className='grow'>
              <View className='b'>{record.title}</View>
              <View className={`s ${record.state === 'refused' ? 'bad-text' : 'muted'}`}>
                {hourOf(record.phone_time)} · {stateWords(record)}
              </View>
              {record.state === 'refused' && (
                <View className='row'>
                  <Tap className='link touch' onTap={() => retake(record)}>
                    重拍
                  </Tap>
                  <Tap className='link touch' onTap={() => records.mend(record.id, undefined)}>
                    不要了
                  </Tap>
                </View>
              )}
            </View>
          </View>
        ))}
      </Card>
      <Button kind='ink' onTap={() => records.work()}>
        现在就传
      </Button>
      <Button kind='quiet' onTap={onClose}>
        好
      </Button>
    </Sheet>
  )
}

function Places({ onClose }: { onClose: () => void }) {
  return (
    <Sheet label='换个地方' onClose={onClose}>
      <View className='b xl'>换个地方</View>
      <Button kind='line' icon='house-line-fill' onTap={() => Taro.reLaunch({ url: '/pages/today/index' })}>
        回自己家
      </Button>
      {process.env.TARO_ENV === 'h5' && (
        <Button kind='quiet' onTap={() => Taro.reLaunch({ url: WHO_PAGE })}>
          换一个人试试
        </Button>
      )}
    </Sheet>
  )
}
