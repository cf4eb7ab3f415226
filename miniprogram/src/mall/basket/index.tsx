/** 下单: what it costs in all, where, and the order itself. One order is of one shop. */
import { View } from '@tarojs/components'
import Taro from '@tarojs/taro'
import { useState } from 'react'
import * as api from '../../api/mall'
import { forget, useAnswer } from '../../lib/asking'
import { useBasket, type Wanted } from '../../lib/basket'
import { go } from '../../lib/going'
import { ApiError } from '../../lib/http'
import { once } from '../../lib/idempotency'
import { pointsText } from '../../lib/money'
import { Button, Card, Icon, Page, Tap } from '../../ui/base'
import { Points } from '../../ui/money'
import { Empty, Refusal, Shown } from '../../ui/states'
import '../goods/index.scss'

type Way = 'pick_up' | 'delivery'

export default function Basket() {
  const { basket, change, empty } = useBasket()
  const shop_id = basket.at(-1)?.shop_id
  const wanted = basket.filter(one => one.shop_id === shop_id)
  const elsewhere = basket.length - wanted.length
  const near = useAnswer('shops-near', api.shopsNear)
  const shop = near.value?.items.find(one => one.id === shop_id)
  const name = wanted.map(one => `${one.offer_id}x${one.count}`).join()
  const price = useAnswer(wanted.length ? `basket:${name}` : undefined, () =>
    api.quote(shop_id!, lines(wanted)),
  )
  const [chosen, choose] = useState<Way>()
  const [error, setError] = useState<Error>()
  const way: Way = chosen ?? (shop?.kind === 'mall' ? 'delivery' : 'pick_up')
  const place = async () => {
    if (!price.value || !shop_id) return
    setError(undefined)
    try {
      const placed = await once(`order:${name}:${way}`, key =>
        api.place(shop_id, lines(wanted), price.value!.points, way, key),
      )
      empty(shop_id)
      forget('today', 'points', 'offers', 'orders', 'basket')
      void Taro.redirectTo({ url: `/mall/order/index?id=${placed.id}` })
    } catch (failure) {
      setError(failure as Error)
      if (failure instanceof ApiError && failure.code === 'orders.price_differs') price.again()
    }
  }
  if (!wanted.length)
    return (
      <Page title='下单'>
        <Empty
          title='篮子是空的'
          words='在商城里点加号，东西就放进来了。'
          act='去商城看看'
          onAct={() => go('/pages/mall/index')}
        />
      </Page>
    )
  const ways: [Way, string, string][] = [
    ...(shop?.kind === 'mall'
      ? []
      : [['pick_up', '自己去取', shop?.address || '到店里取'] as [Way, string, string]]),
    ...(shop?.delivers || shop?.kind === 'mall'
      ? [['delivery', '送到组里', '到了会告诉您'] as [Way, string, string]]
      : []),
  ]
  return (
    <Page
      title='下单'
      foot={
        <Button id='place' kind='gold' big onTap={price.value?.can_be_ordered ? place : undefined}>
          {price.value ? `下单 · ${pointsText(price.value.points)} 分` : '正在算'}
        </Button>
      }
    >
      <Card>
        <View className='h2'>{shop?.name ?? '东西'}</View>
        <View className='list' style={{ marginTop: '12px' }}>
          {wanted.map(one => (
            <View key={one.offer_id} className='item goods-page'>
              <View className='grow b'>{one.name}</View>
              <View className='steps'>
                <Tap
                  className='btn quiet'
                  label={`少一个${one.name}`}
                  onTap={() => change(one, one.count - 1)}
                >
                  <Icon name='minus-bold' />
                </Tap>
                <View className='n num'>{one.count}</View>
                <Tap
                  className='btn quiet'
                  label={`多一个${one.name}`}
                  onTap={() => change(one, one.count + 1)}
                >
                  <Icon name='plus-bold' />
                </Tap>
              </View>
            </View>
          ))}
        </View>
      </Card>
      <Card>
        <View className='h2'>怎么拿</View>
        {ways.map(([value, words, more]) => (
          <Tap
            key={value}
            role='radio'
            className={`choice ${way === value ? 'on' : ''}`}
            isOn={way === value}
            onTap={() => choose(value)}
          >
            <View className='mark' />
            <View className='grow'>
              <View className='b'>{words}</View>
              <View className='muted s'>{more}</View>
            </View>
          </Tap>
        ))}
      </Card>
      <Shown of={price} rows={1}>
        {sum => (
          <Card>
            {sum.lines.map(one => (
              <View key={one.offer_id}>
                <View className='row between'>
                  <View>
                    {one.name} × {one.count}
                  </View>
                  <Points points={one.points} />
                </View>
                {one.why_not && <View className='s bad-text'>{one.why_not}</View>}
                {one.campaign_name && <View className='s muted'>{one.campaign_name}</View>}
              </View>
            ))}
            <View className='row between b sum-line'>
              <View>一共</View>
              <Points className='points l' points={sum.points} />
            </View>
            <View className='s muted'>
              {sum.missing
                ? `还差 ${pointsText(sum.missing)} 分`
                : `可用 ${pointsText(sum.available)} 分，先留着，取货时才扣`}
            </View>
          </Card>
        )}
      </Shown>
      {elsewhere > 0 && <View className='banner link'>篮子里还有别的店的东西，这一单下完再下。</View>}
      {error && <Refusal error={error} act='再试一次' onAct={place} />}
    </Page>
  )
}

const lines = (wanted: Wanted[]) => wanted.map(({ offer_id, count }) => ({ offer_id, count }))
