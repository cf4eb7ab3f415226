/** 积分明细: the balance, every movement of it, and why each award is as it is. */
import { View } from '@tarojs/components'
import { useState } from 'react'
import { awards, points, type Schemas, transfers, whyAward } from '../../api/resident'
import { useAnswer } from '../../lib/asking'
import { dateText, dayText, fullDateText, hourOf } from '../../lib/clock'
import { go } from '../../lib/going'
import { pointsText } from '../../lib/money'
import { Card, Icon, Page, Segments, Tap } from '../../ui/base'
import { Amount } from '../../ui/money'
import { Empty, Refusal, Shown } from '../../ui/states'
import { awardWords, transferWords } from './words'
import './index.scss'

type Award = Schemas['AwardOut']
interface Line {
  id: string
  at: string
  title: string
  icon: ReturnType<typeof transferWords>[1]
  points: number
  award?: Award
  waits?: string
}
type Which = 'all' | 'in' | 'out'

async function everything() {
  const [balance, moved, given] = await Promise.all([points(), transfers(), awards()])
  return { balance, lines: lines(moved.items, given.items) }
}

/** An award tells more than its movement: it stands for it, also while it is not paid. */
export function lines(moved: Schemas['PointsTransferOut'][], given: Award[]): Line[] {
  const told = given.map(award => ({
    id: award.id,
    at: award.decided_at,
    title: awardWords(award),
    icon:
      award.source === 'sale' || award.source === 'low_value'
        ? ('recycle' as const)
        : ('seal-check-fill' as const),
    points: award.points,
    award,
    waits:
      award.is_paid || award.reversed_at
        ? undefined
        : award.notice_until
          ? `公示到 ${dateText(award.notice_until)}，还没到手`
          : '还没到手',
  }))
  const oldest = told.at(-1)?.at ?? ''
  const rest = moved
    .filter(one => one.kind !== 'award' || one.at < oldest)
    .map(one => ({
      id: one.id,
      at: one.at,
      title: transferWords(one.kind)[0],
      icon: transferWords(one.kind)[1],
      points: one.points,
    }))
  return [...told, ...rest].sort((a, b) => (a.at < b.at ? 1 : -1))
}

export default function Points() {
  const found = useAnswer('points:all', everything)
  const [which, setWhich] = useState<Which>('all')
  return (
    <Page title='积分明细'>
      <Shown of={found}>
        {({ balance, lines }) => {
          const shown = lines.filter(
            one => which === 'all' || (which === 'in' ? one.points >= 0 : one.points < 0),
          )
          const days = [...new Set(shown.map(one => dayText(one.at)))]
          return (
            <>
              <Balance balance={balance} />
              <Segments
                label='看哪些'
                value={which}
                onChange={setWhich}
                options={[
                  ['all', '全部'],
                  ['in', '得的'],
                  ['out', '花的'],
                ]}
              />
              {!shown.length && (
                <Empty
                  title='这里还没有'
                  words='分好垃圾拍张照片，通过了就有第一笔积分。'
                  act='拍一张'
                  onAct={() => go('/account/photo/index?take=yes')}
                />
              )}
              {days.map(day => (
                <View key={day} className='group'>
                  <View className='day'>{day}</View>
                  <Card className='list'>
                    {shown
                      .filter(one => dayText(one.at) === day)
                      .map(one => (
                        <Row key={one.id} line={one} />
                      ))}
                  </Card>
                </View>
              ))}
            </>
          )
        }}
      </Shown>
    </Page>
  )
}

function Balance({ balance }: { balance: Schemas['PointsOut'] }) {
  const lasting = balance.buckets.filter(one => !one.expires_on).reduce((sum, one) => sum + one.points, 0)
  const dated = balance.buckets.filter(one => one.expires_on && one.points > 0)
  return (
    <Card>
      <View className='row between'>
        <View className='muted s'>可用积分</View>
        <View className='chip line'>
          值 <Amount fen={balance.points} />
        </View>
      </View>
      <View className='points-figure num'>{pointsText(balance.points)}</View>
      {balance.points > 0 && (
        <View className='split'>
          {dated.map(one => (
            <View key={one.expires_on ?? ''} className='part dated' style={{ flex: one.points }} />
          ))}
          {lasting > 0 && <View className='part' style={{ flex: lasting }} />}
        </View>
      )}
      {dated.map(one => (
        <View key={one.expires_on ?? ''} className='row s gap-6'>
          <View className='key dated' />
          <View className='num'>
            {pointsText(one.points)} 分用到 {fullDateText(one.expires_on!)}
          </View>
        </View>
      ))}
      {lasting > 0 && (
        <View className='row s gap-6'>
          <View className='key' />
          <View className='num'>{pointsText(lasting)} 分一直有效</View>
        </View>
      )}
      {balance.owed > 0 && (
        <View className='s bad-text'>还欠 {pointsText(balance.owed)} 分，以后得的先抵扣</View>
      )}
    </Card>
  )
}

function Row({ line }: { line: Line }) {
  const [isOpen, open] = useState(false)
  const look = line.waits ? 'muted' : line.points > 0 ? 'plus' : ''
  const amount = `${line.points > 0 ? '+' : ''}${pointsText(line.points)}`
  const inside = (
    <>
      <View className={`disc ${line.points > 0 ? 'gold' : ''}`}>
        <Icon name={line.icon} />
      </View>
      <View className='grow'>
        <View className='b'>{line.title}</View>
        <View className='muted s'>
          {hourOf(line.at)}
          {line.waits ? ` · ${line.waits}` : ''}
          {line.award?.reversed_at ? ' · 已收回' : ''}
        </View>
      </View>
      <View className={`amt num ${look}`}>{amount}</View>
    </>
  )
  if (!line.award) return <View className='item'>{inside}</View>
  return (
    <View className='item' style={{ flexWrap: 'wrap' }}>
      <Tap className='row grow' onTap={() => open(!isOpen)} label={`${line.title} ${amount} 分，为什么`}>
        {inside}
        <Icon name={isOpen ? 'caret-down-bold' : 'caret-right-bold'} />
      </Tap>
      {isOpen && <Why award={line.award} />}
    </View>
  )
}

function Why({ award }: { award: Award }) {
  const why = useAnswer(`award:${award.id}`, () => whyAward(award.id))
  if (why.error && !why.value) return <Refusal error={why.error} onAct={why.again} />
  if (!why.value) return null
  const told = why.value
  const rows = [
    ['规则', told.rule_text],
    ['哪一版', `积分规则第 ${award.policy_version} 版，${fullDateText(told.policy_in_force_from)}起用`],
    ['凭什么', told.evidence_text],
    ['谁定的', told.decided_by_text],
    ['不服气', told.appeal_text],
  ]
  return (
    <View className='why'>
      {rows.map(([term, words]) => (
        <View key={term} className='line'>
          <View className='term'>{term}</View>
          <View className='grow'>{words}</View>
        </View>
      ))}
      {award.evidence_kind === 'self_check' && (
        <Tap
          className='link touch'
          role='link'
          onTap={() => go(`/account/photo/index?id=${award.evidence_id}`)}
        >
          看照片
        </Tap>
      )}
    </View>
  )
}
