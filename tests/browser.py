"""A browser driven over a pipe: what a page shows, asks for, and says of its keys."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, Self

import pytest

KEYS = {"Enter": "\r", "Tab": "", "Escape": "", "Home": "", "End": ""}
CODES = {"Enter": 13, "Tab": 9, "Escape": 27, "End": 35, "Home": 36, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39,
         "ArrowDown": 40, " ": 32}  # fmt: skip


class Browser:
    """Chromium, spoken to by its DevTools protocol through file descriptors; skips the test where there is none."""

    def __init__(self, profile: Path) -> None:
        browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
        if browser is None:
            pytest.skip("there is no chromium")
        theirs_in, self.ours_out = os.pipe()
        self.ours_in, theirs_out = os.pipe()
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", f"--user-data-dir={profile}",
                 "--disable-background-networking", "--no-first-run", "--hide-scrollbars"]  # fmt: skip
        self.process = subprocess.Popen(
            ["bash", "-c", f'exec "$0" "$@" 3<&{theirs_in} 4>&{theirs_out}', browser, *flags, "about:blank"],
            pass_fds=(theirs_in, theirs_out), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(theirs_in)
        os.close(theirs_out)
        self.read, self.count, self.session = b"", 0, ""
        self.events: list[dict[str, Any]] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log", "DOM"):
            self.call(f"{domain}.enable")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.ours_out)
        self.process.terminate()
        self.process.wait(20)
        os.close(self.ours_in)

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """What the browser answers; what it reports meanwhile is kept in `events`."""
        self.count += 1
        asked: dict[str, Any] = {"id": self.count, "method": method, "params": params}
        if self.session:
            asked["sessionId"] = self.session
        os.write(self.ours_out, json.dumps(asked).encode() + b"\0")
        while True:
            told = self._told()
            if told.get("id") == self.count:
                assert "error" not in told, told
                return dict(told["result"])
            self.events.append(told)

    def _told(self) -> dict[str, Any]:
        while b"\0" not in self.read:
            part = os.read(self.ours_in, 1 << 16)
            assert part, "the browser has ended"
            self.read += part
        message, _, self.read = self.read.partition(b"\0")
        return dict(json.loads(message))

    def open(self, page: Path, dark: bool = False, width: int = 1400, height: int = 900) -> None:
        """Loads a page of this disk, from nothing."""
        self.events = []
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.call("Emulation.setEmulatedMedia", features=scheme)
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.call("Page.navigate", url=page.as_uri())
        while not any(event["method"] == "Page.loadEventFired" for event in self.events):
            self.events.append(self._told())

    def value(self, script: str) -> Any:
        """What an expression of the page's language comes to."""
        done = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in done, done
        return done["result"].get("value")

    def press(self, *keys: str, modifiers: int = 0) -> None:
        """Keys as a person presses them, one after the other."""
        for key in keys:
            text = KEYS.get(key, key if len(key) == 1 else "")
            code = CODES.get(key, ord(key.upper()) if len(key) == 1 else 0)
            about = {"key": key, "windowsVirtualKeyCode": code, "modifiers": modifiers}
            self.call("Input.dispatchKeyEvent", type="keyDown", **about, **({"text": text} if text else {}))
            self.call("Input.dispatchKeyEvent", type="keyUp", **about)

    def troubles(self, page: Path) -> list[str]:
        """Requests for anything but the page, and all that it has said on its console."""
        found = []
        for event in self.events:
            params = event.get("params", {})
            if event["method"] == "Network.requestWillBeSent" and params["request"]["url"] != page.as_uri():
                found.append(f"asks for {params['request']['url']}")
            if event["method"] in ("Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown"):
                found.append(json.dumps(params)[:500])
        return found

    def picture(self, to: Path, whole: bool = False) -> None:
        """A picture of what is seen, or of the whole page."""
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=whole)
        to.write_bytes(base64.b64decode(shot["data"]))
