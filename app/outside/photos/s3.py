"""Photos in any service that speaks S3: a cloud's, or MinIO on the county's own machine."""

import logging
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from tempfile import TemporaryFile
from typing import Any, BinaryIO

import boto3
import structlog
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from app.outside.photos.port import (
    PIECE_BYTES,
    Form,
    PhotoMissing,
    StoreAway,
    StoreFull,
    is_key,
    variant_of,
)

log = structlog.get_logger(__name__)

TIMEOUT_SECONDS = (3, 20)  # to connect, to read
TRIES = 3  # of what may heal: lost connections, 5xx, "slow down"
_NO_ROOM = {"QuotaExceeded", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded"}
_HTTP_NO_ROOM = 507
_MISSING = {"NoSuchKey", "404"}

# Below "warning" they print signed URLs and the headers that carry our signature.
for _library in ("boto3", "botocore", "s3transfer"):
    logging.getLogger(_library).setLevel(logging.WARNING)


@dataclass(frozen=True)
class S3Place:
    """A bucket and how to get at it. An empty endpoint is Amazon's own."""

    bucket: str
    endpoint: str
    region: str
    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)


class S3Photos:
    """Photos as objects ``variant/key`` of one private bucket."""

    def __init__(
        self,
        place: S3Place,
        *,
        timeout_seconds: tuple[float, float] = TIMEOUT_SECONDS,
    ) -> None:
        self._bucket = place.bucket
        self._client = boto3.client(
            "s3",
            endpoint_url=place.endpoint or None,
            region_name=place.region,
            aws_access_key_id=place.access_key,
            aws_secret_access_key=place.secret_key,
            config=Config(
                connect_timeout=timeout_seconds[0],
                read_timeout=timeout_seconds[1],
                retries={"total_max_attempts": TRIES, "mode": "standard"},
                signature_version="s3v4",
                s3={"addressing_style": "path"},  # a name for each bucket needs DNS of its own
                # Checksums in trailers are Amazon's own; other services refuse them.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def put(self, key: str, content: BinaryIO) -> None:
        self._asked("put_object", Key=_path(key), Body=content)

    def open(self, key: str) -> BinaryIO:
        answer = self._asked("get_object", Key=_path(key))
        file = TemporaryFile()  # noqa: SIM115 - the caller closes it
        try:
            with closing(answer["Body"]) as body:  # its own context skips the check of the length
                shutil.copyfileobj(body, file, PIECE_BYTES)
        except BotoCoreError as error:
            file.close()
            raise _away("get_object", error) from None
        except BaseException:
            file.close()
            raise
        file.seek(0)
        return file

    def delete(self, key: str) -> None:
        self._asked("delete_object", Key=_path(key))

    def older_keys(self, variant: str, before: datetime) -> Iterator[str]:
        more: dict[str, str] = {}
        while True:
            page = self._asked("list_objects_v2", Prefix=f"{variant}/", **more)
            for found in page.get("Contents", ()):
                key = found["Key"].partition("/")[2]
                if is_key(key) and found["LastModified"] < before:
                    yield key
            if not page.get("IsTruncated"):
                return
            more = {"ContinuationToken": page["NextContinuationToken"]}

    def form(self, key: str, *, content_type: str, bytes_max: int, seconds: int) -> Form:
        made = self._client.generate_presigned_post(
            self._bucket,
            _path(key),
            Fields={"Content-Type": content_type},
            Conditions=[{"Content-Type": content_type}, ["content-length-range", 1, bytes_max]],
            ExpiresIn=seconds,
        )
        return Form(made["url"], made["fields"])

    def link(self, key: str, *, seconds: int) -> str:
        url: str = self._client.generate_presigned_url(
            "get_object", Params={"Bucket": self._bucket, "Key": _path(key)}, ExpiresIn=seconds
        )
        return url

    def _asked(self, call: str, **parameters: Any) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = getattr(self._client, call)(Bucket=self._bucket, **parameters)
        except ClientError as error:
            raise _refusal(call, error) from None
        except BotoCoreError as error:
            raise _away(call, error) from None
        return answer


def _path(key: str) -> str:
    return f"{variant_of(key)}/{key}"


def _refusal(call: str, error: ClientError) -> PhotoMissing | StoreFull | StoreAway:
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    if call == "get_object" and code in _MISSING:
        return PhotoMissing()
    # The code alone: the message may repeat the request.
    log.error("photos.store_refused", call=call, error=code, status=status)
    return StoreFull() if code in _NO_ROOM or status == _HTTP_NO_ROOM else StoreAway()


def _away(call: str, error: BotoCoreError) -> StoreAway:
    log.error("photos.store_away", call=call, error=type(error).__name__)
    return StoreAway()
