"""A server that speaks S3, on a free loopback port."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import boto3
from moto.server import ThreadedMotoServer

from app.outside.photos.s3 import S3Place

ACCESS_KEY, SECRET_KEY = "access-key-of-the-test", "s3cret-key-of-the-test"


@contextmanager
def s3_server() -> Iterator[str]:
    """Its address; it ends with the block."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def new_bucket(endpoint: str) -> S3Place:
    """An empty bucket of its own for a test."""
    place = S3Place(uuid4().hex, endpoint, "us-east-1", ACCESS_KEY, SECRET_KEY)
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name=place.region,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
    )
    client.create_bucket(Bucket=place.bucket)
    client.close()
    return place
