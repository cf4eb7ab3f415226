/** 订单: the sentence, then the code, then the goods. */
import { View } from '@tarojs/components'
import { useRouter } from '@tarojs/taro'
import { useEffect, useState } from 'react'
import * as api from '../../api/mall'
import type { Schemas } from '../../api/resident'
import { forget, useAnswer } from '../../lib/asking'
import { dateText, hourOf } from '../../lib/clock'
import { once } from '../../lib/idempotency'
import { spoken } from '../../lib/money'
import { Button, Card, Icon, Page } from '../../ui/base'
import type { IconName } from '../../ui/icon-names'
import { Points } from '../../ui/money'
import { QrCode } from '../../ui/qr'
import { Refusal, Shown } from '../../ui/states'
import { headline } from '../words'
import './index.scss'

type Order = Schemas['OrderOut']
const LOOK_EVERY = 5000

export default function OrderPage() {
  const id = useRouter().params.id ?? ''
  const found = useAnswer(`order:${id}`, () => api.order(id))
  const isOpen = found.value && !['handed_over', 'cancelled'].includes(found.value.state)
  useEffect(() => {
    if (!isOpen) return
    const timer = setInterval(found.again, LOOK_EVERY)
    return () => clearInterval(timer)
  }, [isOpen])
  return (
    <Page title='订单'>
      <Shown of={found}>
        {order => (
          <>
            <Card>
              <View className='b xl'>{headline(order)}</View>
              {order.state === 'ready' && order.due_at && (
                <View className='muted s'>
                  留到 {dateText(order.due_at)} {hourOf(order.due_at)}，过了时间积分退回来
                </View>
              )}
              {order.reason && <View className='muted s'>{order.reason}</View>}
              {order.state !== 'cancelled' && <Track order={order} />}
            </Card>
            {(order.state === 'ready' || order.state === 'on_the_way') && <PickUpCode id={order.id} />}
            {order.lines
              .filter(line => line.state === 'offered')
              .map(line => (
                <Substitute key={line.id} order={order} line={line} onAnswer={found.again} />
              ))}
            <Goods order={order} />
            <Card className='tight row'>
              <View className='disc'>
                <Icon name='storefront' />
              </View>
              <View className='grow'>
                <View className='b'>{order.shop_name}</View>
                <View className='muted s'>{order.place}</View>
              </View>
            </Card>
            {order.state === 'placed' && <Cancel order={order} onDone={found.again} />}
          </>
        )}
      </Shown>
    </Page>
  )
}

function Track({ order }: { order: Order }) {
  const last = order.way === 'delivery' ? '送到' : '取走'
  const stops: [string, IconName][] = [
    ['下单', 'check-bold'],
    ['备货', 'package'],
    [order.way === 'delivery' ? '路上' : '备好了', 'storefront'],
    [last, 'handshake'],
  ]
  const at = { placed: 0, preparing: 1, ready: 2, on_the_way: 2, handed_over: 4, cancelled: 0 }[order.state]
  return (
    <View className='track'>
      {stops.map(([words, icon], place) => (
        <View key={words} className={`stop ${place < at ? 'y' : place === at ? 'now' : ''}`}>
          <View className='o'>
            <Icon name={place < at ? 'check-bold' : icon} />
          </View>
          {words}
        </View>
      ))}
    </View>
  )
}

function PickUpCode({ id }: { id: string }) {
  const [code, setCode] = useState<Schemas['OrderCodeOut']>()
  const [error, setError] = useState<Error>()
  const renew = () => api.orderCode(id).then(setCode).catch(setError)
  useEffect(() => void renew(), [id])
  return (
    <Card>
      <View className='row between s'>
        <View className='b l'>取货码</View>
        <View className='muted'>给店员看</View>
      </View>
      {error && <Refusal error={error} onAct={() => (setError(undefined), void renew())} />}
      {code && (
        <View className='order-code'>
          <QrCode id='order-code' text={code.qr} size={124} label='取货码' />
          <View className='grow'>
            <View className='digits num'>{spoken(code.digits)}</View>
            <Button kind='quiet' className='narrow' onTap={() => void renew()}>
              换一个码
            </Button>
          </View>
        </View>
      )}
    </Card>
  )
}

function Substitute({
  order,
  line,
  onAnswer,
}: {
  order: Order
  line: Schemas['OrderLineOut']
  onAnswer: () => void
}) {
  const [error, setError] = useState<Error>()
  const old = order.lines.find(one => one.id === line.replaces_id)
  const answer = (wanted: boolean) =>
    once(`answer:${line.id}:${wanted}`, key => api.answerSubstitute(order.id, line.id, wanted, key))
      .then(() => {
        forget('order', 'today', 'points')
        onAnswer()
      })
      .catch(setError)
  return (
    <Card>
      <View className='b xl'>{old ? `${old.name}没有了，换这个行吗？` : '店里想换一样东西'}</View>
      <View className='row between' style={{ margin: '12px 0' }}>
        <View className='b'>
          {line.name} × {line.count}
        </View>
        <Points className='points' points={line.points} />
      </View>
      {error && <Refusal error={error} />}
      <View className='row'>
        <Button kind='quiet' className='grow' onTap={() => answer(false)}>
          不要了
        </Button>
        <Button kind='gold' className='grow' onTap={() => answer(true)}>
          就换这个
        </Button>
      </View>
    </Card>
  )
}

function Goods({ order }: { order: Order }) {
  const words: Partial<Record<Schemas['OrderLineOut']['state'], string>> = {
    replaced: '换成了别的',
    declined: '您没要',
    dropped: '没给，积分退了',
    offered: '等您回话',
  }
  return (
    <Card>
      <View className='row between'>
        <View className='h2'>东西</View>
        <View>
          <Points className='b' points={order.points} />
          {!['handed_over', 'cancelled'].includes(order.state) && (
            <View className='muted s right'>先留着</View>
          )}
        </View>
      </View>
      <View className='list' style={{ marginTop: '12px' }}>
        {order.lines.map(line => (
          <View key={line.id} className='item'>
            <View className='grow'>
              <View className={`b ${words[line.state] && line.state !== 'offered' ? 'struck muted' : ''}`}>
                {line.name}
              </View>
              <View className='muted s'>
                {line.count} {line.unit}
                {words[line.state]
                  ? ` · ${words[line.state]}`
                  : line.campaign_name
                    ? ` · ${line.campaign_name}`
                    : ''}
              </View>
            </View>
            <Points className='b' points={line.points} />
          </View>
        ))}
      </View>
    </Card>
  )
}

function Cancel({ order, onDone }: { order: Order; onDone: () => void }) {
  const [error, setError] = useState<Error>()
  const cancel = () =>
    once(`cancel:${order.id}`, key => api.cancel(order.id, key))
      .then(() => {
        forget('order', 'today', 'points')
        onDone()
      })
      .catch(setError)
  return (
    <>
      {error && <Refusal error={error} />}
      <Button kind='quiet' onTap={cancel}>
        不要了，退回积分
      </Button>
    </>
  )
}
