import { Button as PhoneButton, View } from '@tarojs/components'
import { useState } from 'react'
import { bindByPhone } from '../../api/resident'
import { forgetAll } from '../../lib/asking'
import { ApiError } from '../../lib/http'
import { phoneCode } from '../../lib/person'
import { keepSession, useSession } from '../../lib/session'
import { Button, Card, Drawing, Icon, Page } from '../../ui/base'
import { Done, Refusal } from '../../ui/states'

/** How one begins: one sentence and the phone button. */
export function Bind() {
  const { refresh, isLarge, setLarge } = useSession()
  const [error, setError] = useState<Error>()
  const [waits, setWaits] = useState(false)
  const bind = async (event: any) => {
    try {
      const code = await phoneCode(event)
      if (!code) return
      const answer = await bindByPhone(code)
      if ('session' in answer) {
        if (answer.session) keepSession(answer.session)
        forgetAll()
        await refresh()
      } else setWaits(true)
    } catch (failure) {
      setError(failure as Error)
    }
  }
  return (
    <Page isTab title='分 · 垃圾分类'>
      <Card className='empty'>
        <Drawing name='bin-kitchen' width={104} height={128} />
        <View className='b xl'>分好垃圾，攒积分，换东西</View>
        <View className='dim'>用村里登记的手机号，找到您家。</View>
        {process.env.TARO_ENV === 'weapp' ? (
          <PhoneButton className='btn gold big' openType='getPhoneNumber' onGetPhoneNumber={bind}>
            用手机号找到我家
          </PhoneButton>
        ) : (
          <Button id='bind' kind='gold' big icon='phone-fill' onTap={() => bind(undefined)}>
            用手机号找到我家
          </Button>
        )}
      </Card>
      {waits && <Done title='已经交上去了' words='村里的人核对后就能用，请过一会儿再打开' />}
      {error && <Refusal error={error} act='再试一次' onAct={() => setError(undefined)} />}
      {error instanceof ApiError && (
        <View className='banner link'>
          <Icon name='info' />
          <View>手机号换过？带上身份证找村里，当面就能绑定。</View>
        </View>
      )}
      <Button kind='quiet' icon='text-aa' onTap={() => setLarge(!isLarge)}>
        {isLarge ? '换成普通字' : '字太小？换成大字'}
      </Button>
    </Page>
  )
}
