/** 商品: what it is, what it costs, how many. */
import { Image, View } from '@tarojs/components'
import { useRouter } from '@tarojs/taro'
import { useState } from 'react'
import * as api from '../../api/mall'
import { useAnswer } from '../../lib/asking'
import { useBasket } from '../../lib/basket'
import { go, goBack } from '../../lib/going'
import { sameOrigin } from '../../lib/http'
import { pointsText } from '../../lib/money'
import { Button, Card, Icon, Page, Tap } from '../../ui/base'
import { Amount } from '../../ui/money'
import { Refusal, Shown } from '../../ui/states'
import './index.scss'

const PERIODS = { day: '每天', month: '每月', ever: '总共' }

export default function Goods() {
  const id = useRouter().params.id ?? ''
  const found = useAnswer(`offer:${id}`, () => api.offer(id))
  const basket = useBasket()
  const [count, setCount] = useState(1)
  const offer = found.value?.offer
  const price = useAnswer(offer && `price:${id}:${count}`, () =>
    api.quote(offer!.shop_id, [{ offer_id: id, count }]),
  )
  const line = price.value?.lines[0]
  const put = () => {
    if (!offer) return
    basket.change({ offer_id: id, shop_id: offer.shop_id, name: offer.name }, basket.countOf(id) + count)
    goBack()
  }
  const order = () => {
    if (!offer) return
    basket.change({ offer_id: id, shop_id: offer.shop_id, name: offer.name }, count)
    go('/mall/basket/index')
  }
  return (
    <Page
      title='商品'
      className='goods-page'
      foot={
        offer && (
          <>
            <Button kind='quiet' className='add narrow' onTap={put}>
              放进篮子
            </Button>
            <Button
              id='order'
              kind='gold'
              className='narrow'
              onTap={line && !line.why_not ? order : undefined}
            >
              换 {count} {offer.unit}
              {line ? ` · ${pointsText(line.points)} 分` : ''}
            </Button>
          </>
        )
      }
    >
      <Shown of={found}>
        {({ offer, photo_urls }) => (
          <>
            <View className='pic'>
              {photo_urls[0] ? (
                <Image
                  className='shown'
                  mode='aspectFill'
                  src={sameOrigin(photo_urls[0])}
                  {...({ alt: offer.name } as any)}
                />
              ) : (
                <Icon name='gift' />
              )}
            </View>
            <Card>
              <View className='row' style={{ alignItems: 'baseline', gap: '8px' }}>
                <View className='price num'>
                  {pointsText(line ? line.points / count : offer.points_price)}
                </View>
                <View className='points l'>分</View>
                {line && line.points / count < offer.points_price && (
                  <View className='muted struck num'>{pointsText(offer.points_price)} 分</View>
                )}
                <View className='grow' />
                {line?.campaign_name && <View className='chip warn'>{line.campaign_name}</View>}
              </View>
              <View className='b xl' style={{ marginTop: '12px' }}>
                {offer.name}
              </View>
              {offer.description && <View className='dim'>{offer.description}</View>}
            </Card>
            <Card>
              <View className='s muted'>钱是怎么算的</View>
              <View className='row between' style={{ marginTop: '8px' }}>
                <View>市场价</View>
                <Amount fen={offer.market_price_fen} />
              </View>
              {line && line.subsidy_fen > 0 && (
                <View className='row between'>
                  <View>{line.funder_name}补</View>
                  <Amount fen={line.subsidy_fen / count} />
                </View>
              )}
              <View className='row between b sum-line'>
                <View>您付</View>
                <View className='points num'>
                  {pointsText(line ? line.points / count : offer.points_price)} 分
                </View>
              </View>
            </Card>
            <Card>
              <View className='h2'>在哪儿取</View>
              <View className='row' style={{ marginTop: '12px' }}>
                <View className='disc'>
                  <Icon name='storefront' />
                </View>
                <View className='grow'>
                  <View className='b'>{offer.shop}</View>
                  <View className='muted s'>
                    {offer.shop_kind === 'mall' ? '送到组里' : '到店里取'} · 还有 {offer.stock} {offer.unit}
                  </View>
                </View>
              </View>
            </Card>
            <View className='row between'>
              <View>
                <View className='b'>要几{offer.unit}</View>
                {offer.limit_count && offer.limit_period && (
                  <View className='muted s'>
                    每户{PERIODS[offer.limit_period]}最多 {offer.limit_count} {offer.unit}
                  </View>
                )}
              </View>
              <View className='steps'>
                <Tap
                  className='btn quiet'
                  label='少一个'
                  onTap={count > 1 ? () => setCount(count - 1) : undefined}
                >
                  <Icon name='minus-bold' />
                </Tap>
                <View className='n num'>{count}</View>
                <Tap
                  className='btn quiet'
                  label='多一个'
                  onTap={count < offer.stock ? () => setCount(count + 1) : undefined}
                >
                  <Icon name='plus-bold' />
                </Tap>
              </View>
            </View>
            {line?.why_not && <View className='banner warn'>{line.why_not}</View>}
            {price.error && <Refusal error={price.error} onAct={price.again} />}
          </>
        )}
      </Shown>
    </Page>
  )
}
