"""Each environment has its own jar, which outlives the program however that ends."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from antiphon.core.cookie import Cookie
from antiphon.core.document import Environment, RequestDocument
from antiphon.store import collections as disk
from antiphon.store import environments
from antiphon.store.cookies import JarKey, load_cookies, save_cookies
from antiphon.workbench import cookies as jars_module
from antiphon.workbench.cookies import CookieJars, KeptJar
from antiphon.workbench.tasks import Tasks
from antiphon.workbench.workbench import Workbench
from tests.servers import http_server, reply
from tests.waiting import until

NOW = time.time()
COOKIE = Cookie("sid", "1", "h.example", "/", True, NOW)


@pytest.fixture
def told():
    return []


@pytest.fixture
def jars(qtloop, told):
    return CookieJars(Tasks(lambda error, _name: told.append(error)), told.append)


@pytest.fixture
def shop(qapp, tmp_path):
    root = tmp_path / "shop"
    disk.create_collection(root, "Shop")
    for name in ("Live", "Local"):
        environments.create_environment(root, name)
        environments.save_environment(root, Environment(name))
    return Workbench(lambda error, name: None).open_collection(root)


async def test_each_environment_and_requests_of_no_collection_have_a_jar_of_their_own(jars, shop):
    found = [await jars.loaded(None)]
    for name in ("Live", "Local", ""):
        shop.choose_environment(name)
        found.append(await jars.loaded(shop))
    assert len(set(map(id, found))) == 4
    assert jars.jar(shop) is found[-1]
    await jars.close()


async def test_what_is_on_disk_is_there_before_the_first_request_and_not_written_again(jars, home):
    save_cookies(JarKey(), [COOKIE], NOW)
    (file,) = (home / "data" / "cookies").iterdir()
    before = file.stat().st_mtime_ns
    jar = await jars.loaded(None)
    assert jar.snapshot() == [COOKIE]
    await jars.close()
    assert file.stat().st_mtime_ns == before


async def test_a_change_from_another_thread_reaches_window_and_disk(jars, monkeypatch):
    changes = []
    jars.changed.connect(lambda: changes.append(1))
    jar = await jars.loaded(None)
    changes.clear()
    jars._timer.setInterval(10)
    await asyncio.to_thread(jar.put, COOKIE)
    await until(lambda: load_cookies(JarKey(), NOW)[0] == [COOKIE])
    assert changes
    await until(lambda: not jars._tasks._running)
    await jars.close()


async def test_closing_saves_what_the_timer_did_not_come_to(jars):
    jar = await jars.loaded(None)
    jar.put(COOKIE)
    await jars.close()
    assert load_cookies(JarKey(), NOW)[0] == [COOKIE]


async def test_what_is_put_before_the_file_was_read_joins_it(jars):
    save_cookies(JarKey(), [COOKIE], NOW)
    jars.jar(None).put(replace(COOKIE, name="new"))
    await jars.close()
    assert [cookie.name for cookie in load_cookies(JarKey(), NOW)[0]] == ["sid", "new"]


async def test_a_broken_file_is_said_once(jars, told, home):
    save_cookies(JarKey(), [COOKIE], NOW)
    (file,) = (home / "data" / "cookies").iterdir()
    file.write_text("{")
    await asyncio.gather(jars.loaded(None), jars.loaded(None))
    assert [notice.level for notice in told] == ["warning"]
    assert ".broken" in told[0].detail
    await jars.close()


async def test_a_disk_that_refuses_is_said_and_tried_again(jars, told, home):
    jar = await jars.loaded(None)
    (home / "data").mkdir(parents=True)
    (home / "data" / "cookies").write_text("in the way")
    jar.put(COOKIE)
    await jars._save()
    assert [notice.level for notice in told] == ["error"]
    (home / "data" / "cookies").unlink()
    await jars.close()
    assert load_cookies(JarKey(), NOW)[0] == [COOKIE]


async def test_the_cookies_of_a_deleted_environment_go_with_it(jars, shop):
    key = JarKey(str(shop.root), "Local")
    save_cookies(key, [COOKIE], NOW)
    jars.forget(shop, "Local")
    await until(lambda: not jars._tasks._running)
    await jars.close()
    assert load_cookies(key, NOW)[0] == []


async def test_requests_of_two_environments_share_no_cookies(qtloop, tmp_path, shop):
    async with http_server(lambda _request: reply(b"", "200 OK", "Set-Cookie: a=1")) as (address, received):
        workbench = Workbench(lambda error, name: None)
        collection = workbench.open_collection(shop.root)
        document = workbench.new_document(RequestDocument(url=f"http://{address.host}:{address.port}/"))
        for name in ("Live", "Local", "Live"):
            collection.choose_environment(name)
            document.send(workbench.tasks, workbench.sending)
            await until(lambda: not document.is_sending, 20)
        await workbench.close()
    assert [request.get("cookie") for request in received] == [None, None, "a=1"]


def test_a_jar_that_is_being_written_while_it_changes_is_written_again(qapp, home):
    kept = KeptJar(JarKey(), lambda: None)
    kept.load()
    kept.jar.put(COOKIE)
    kept.save()
    kept.jar.put(replace(COOKIE, name="late"))
    kept.save()
    assert len(load_cookies(JarKey(), NOW)[0]) == 2


_WRITER = """
import sys
from antiphon.core.cookie import Cookie
from antiphon.store.cookies import JarKey
from antiphon.workbench.cookies import KeptJar
kept = KeptJar(JarKey(), lambda: None)
kept.load()
print("ready", flush=True)
for number in range(10**9):
    kept.jar.put(Cookie(f"c{number % 100}", "x" * 500, "h.example", "/", True, 1e9 + number))
    kept.save()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_a_kill_at_any_moment_leaves_a_whole_file(home):
    for _ in range(3):
        environment = {**os.environ, "PYTHONPATH": str(Path(jars_module.__file__).parents[2])}
        with subprocess.Popen(
            [sys.executable, "-c", _WRITER], stdout=subprocess.PIPE, env=environment
        ) as writer:
            assert writer.stdout.readline()
            while not list((home / "data").glob("cookies/*.json")):
                time.sleep(0.001)
            time.sleep(0.02)  # somewhere in the midst of writing
            writer.send_signal(signal.SIGKILL)
        cookies, problem = load_cookies(JarKey(), NOW)
        assert cookies
        assert not problem
