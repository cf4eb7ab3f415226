/** The liaison's records on this phone, and how one reaches the server. */
import Taro from '@tarojs/taro'
import { useEffect, useState } from 'react'
import { record } from '../api/field'
import { forget } from '../lib/asking'
import { ApiError } from '../lib/http'
import { dropFile, openFile } from '../lib/keepfile'
import { kept, who } from '../lib/keeping'
import { storePhoto } from '../lib/photos'
import { Queue, type Waiting } from '../lib/queue'

// A photo that reached the store while the record did not is not sent twice.
const stored = new Map<string, string>()

async function send(waiting: Waiting) {
  const photo = waiting.photo
  if (photo && !stored.has(photo)) stored.set(photo, await storePhoto(await openFile(photo)))
  try {
    await record(
      {
        ...waiting.form,
        client_id: waiting.id,
        phone_time: waiting.phone_time,
        upload_id: stored.get(photo),
      },
      waiting.id,
    )
  } catch (failure) {
    // An upload is good for some minutes and once: the next try puts the photo there again.
    if (failure instanceof ApiError && failure.code.startsWith('photo.')) stored.delete(photo)
    throw failure
  }
  if (photo) dropFile(photo)
  forget('liaison')
}

export const records = new Queue(send, () => who.get<string>('user'), kept)

export function useRecords(): Waiting[] {
  const [list, setList] = useState(() => records.list())
  useEffect(() => {
    const stop = records.hear(() => setList(records.list()))
    const connected = ({ isConnected }: { isConnected: boolean }) => isConnected && records.work()
    Taro.onNetworkStatusChange(connected)
    records.work()
    return () => {
      stop()
      Taro.offNetworkStatusChange(connected)
    }
  }, [])
  return list
}
