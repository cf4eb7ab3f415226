import { View } from '@tarojs/components'
import type { Schemas } from '../../api/resident'
import { useAnswer } from '../../lib/asking'
import { fullDateText, todayText } from '../../lib/clock'
import { go } from '../../lib/going'
import { pointsText } from '../../lib/money'
import { Button, Card, Drawing, Icon, Page, Tap } from '../../ui/base'
import { Amount } from '../../ui/money'
import { Shown } from '../../ui/states'
import { type Day, photoWords, theDay } from './day'
import { homeName } from './index'

const KINDS = [
  ['kitchen', '易腐垃圾'],
  ['recyclable', '可回收物'],
  ['hazardous', '有害垃圾'],
  ['residual', '其他垃圾'],
]

export function PlainToday({ household }: { household: Schemas['HouseholdOut'] }) {
  const day = useAnswer('today', theDay)
  const title = (
    <View className='home'>
      <Icon name='house-line-fill' />
      {homeName(household.head)}
      <View className='muted s'>
        {household.village} · {household.group}
      </View>
    </View>
  )
  return (
    <Page isTab title={title} className='today'>
      <Shown of={day}>
        {found => (
          <>
            <Balance points={found.points} />
            <Steps day={found} />
            {found.order && <ReadyOrder order={found.order} />}
            <Month rates={found.rates} />
          </>
        )}
      </Shown>
      <Card>
        <View className='h2'>这个往哪儿扔？</View>
        <View className='bins'>
          {KINDS.map(([kind, words]) => (
            <View key={kind} className='bin'>
              <Drawing name={`bin-${kind}`} width={68} height={84} label={`${words}桶`} />
              <View>{words}</View>
            </View>
          ))}
        </View>
      </Card>
    </Page>
  )
}

function Balance({ points }: { points: Day['points'] }) {
  const lasting = points.buckets.filter(one => !one.expires_on).reduce((sum, one) => sum + one.points, 0)
  const next = points.expires_next
  return (
    <View className='hero'>
      <View className='grain'>
        <Drawing name='grain' width={150} height={150} />
      </View>
      <View className='s on'>可用积分</View>
      <View className='row' style={{ alignItems: 'baseline', gap: '10px' }}>
        <View className='big-figure num' id='balance'>
          {pointsText(points.points)}
        </View>
        <View className='on'>
          值 <Amount fen={points.points} />
        </View>
      </View>
      <View className='xs on' style={{ marginTop: '6px' }}>
        {next?.expires_on
          ? `其中 ${pointsText(next.points)} 分用到 ${fullDateText(next.expires_on)}${lasting ? `，${pointsText(lasting)} 分一直有效` : ''}`
          : '一直有效'}
      </View>
      <View className='acts'>
        <Tap className='act' role='link' onTap={() => go('/pages/pay/index')}>
          <Icon name='qr-code' />
          付款码
        </Tap>
        <Tap className='act' role='link' onTap={() => go('/account/points/index')}>
          <Icon name='list-bullets' />
          积分明细
        </Tap>
      </View>
    </View>
  )
}

function Steps({ day }: { day: Day }) {
  const [photo, photoSays, look] = photoWords(day.photo)
  const accuracy = day.rates.household.accuracy
  return (
    <Card>
      <View className='row between'>
        <View className='h2'>今天</View>
        <View className='muted s'>{todayText()}</View>
      </View>
      <View className='today-steps'>
        <View className={`step ${look}`}>
          <View className='o'>
            <Icon name={look === 'y' ? 'check-bold' : 'camera-bold'} />
          </View>
          <View className='b'>{photo}</View>
          {photoSays}
        </View>
        <View className='step'>
          <View className='o'>
            <Icon name='eye' />
          </View>
          <View className='b'>上门看过</View>
          这月 {accuracy.whole} 次
        </View>
        <View className={`step ${day.earned ? 'y' : ''}`}>
          <View className='o'>
            <Icon name='coins' />
          </View>
          <View className='b num'>{day.earned} 分</View>
          今天到手
        </View>
      </View>
      {day.photo && (
        <Button kind='line' className='full' onTap={() => go(`/account/photo/index?id=${day.photo.id}`)}>
          看看今天的照片
        </Button>
      )}
      {!day.photo && (
        <Button
          id='take'
          kind='gold'
          big
          className='full'
          icon='camera-fill'
          onTap={() => go('/account/photo/index?take=yes')}
        >
          拍一张今天的垃圾
        </Button>
      )}
    </Card>
  )
}

function ReadyOrder({ order }: { order: Schemas['OrderOut'] }) {
  return (
    <Tap className='card tight row' role='link' onTap={() => go(`/mall/order/index?id=${order.id}`)}>
      <View className='disc gold'>
        <Icon name='package' />
      </View>
      <View className='grow'>
        <View className='b'>{order.lines[0]?.name}备好了，可以去取</View>
        <View className='muted s'>{order.shop_name}</View>
      </View>
      <Icon name='caret-right-bold' />
    </Tap>
  )
}

function Month({ rates }: { rates: Day['rates'] }) {
  const { put_out, self_check, mean_rate } = rates.household
  return (
    <Card>
      <View className='h2'>这个月</View>
      <View className='month'>
        <View className='part'>
          <View className='row gap-6' style={{ alignItems: 'baseline' }}>
            <View className='b num xl'>{put_out.part}</View>
            <View className='s muted'>/ {put_out.whole} 天</View>
          </View>
          <View className='muted s'>投放了</View>
        </View>
        <View className='part'>
          <View className='row gap-6' style={{ alignItems: 'baseline' }}>
            <View className='b num xl'>{self_check.part}</View>
            <View className='s muted'>天</View>
          </View>
          <View className='muted s'>拍过照</View>
        </View>
        <View className='part'>
          <View className='row gap-6' style={{ alignItems: 'baseline' }}>
            <View className='b num xl'>{mean_rate === null ? '—' : Math.round(mean_rate / 100)}</View>
            <View className='s muted'>分</View>
          </View>
          <View className='muted s'>
            {rates.group?.rates.mean_rate == null
              ? '自家得分'
              : `全组平均 ${Math.round(rates.group.rates.mean_rate / 100)}`}
          </View>
        </View>
      </View>
    </Card>
  )
}
