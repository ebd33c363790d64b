"""Headless Chromium, driven over the DevTools protocol through a pair of pipes. Python's standard
library and Debian's `chromium` only."""

import fcntl
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

from harness import check

WORDS = ("--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu",
         "--disable-dev-shm-usage", "--disable-extensions", "--disable-background-networking",
         "--no-first-run", "--no-proxy-server", "--mute-audio")


class Browser:
    """One page. `run` evaluates JavaScript in it; `faults` are exceptions that nobody caught."""

    def __init__(self, url):
        self.folder = tempfile.mkdtemp(prefix="creditd-browser-")
        theirs_in, self.out = os.pipe()
        self.input, theirs_out = os.pipe()
        # Chromium reads 3 and writes 4; the ends must not stand there already.
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 20) for end in (theirs_in, theirs_out)]

        def place_ends():
            os.dup2(ends[0], 3)
            os.dup2(ends[1], 4)
        with open(os.path.join(self.folder, "log"), "wb") as log:
            self.process = subprocess.Popen(
                ["chromium", *WORDS, f"--user-data-dir={self.folder}/profile", "about:blank"],
                stdout=log, stderr=log, pass_fds=(3, 4), preexec_fn=place_ends,
                env=dict(os.environ, HOME=self.folder))
        for end in (theirs_in, theirs_out, *ends):
            os.close(end)
        self.buffer = b""
        self.calls = 0
        self.session = None
        self.faults = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target,
                                 flatten=True)["sessionId"]
        self.call("Runtime.enable")
        self.call("Page.enable")
        self.call("Page.navigate", url=url)

    def call(self, method, **parameters):
        self.calls += 1
        message = {"id": self.calls, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read()
            if answer.get("method") == "Runtime.exceptionThrown":
                self.faults.append(answer["params"]["exceptionDetails"])
            if answer.get("id") == self.calls:
                check("error" not in answer, f"{method}: {answer}")
                return answer["result"]

    def read(self, seconds=60):
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.input], [], [], seconds)
            got = os.read(self.input, 1 << 16) if ready else b""
            check(got, f"the browser says nothing:\n{self.log()}")
            self.buffer += got
        text, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(text)

    def run(self, script):
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True,
                           awaitPromise=True)
        check("exceptionDetails" not in result, f"{script}: {result}")
        return result["result"].get("value")

    def wait_for(self, script, expected, seconds=20):
        """Until the script says what is expected."""
        end = time.monotonic() + seconds
        while (found := self.run(script)) != expected:
            check(time.monotonic() < end, f"{script} is {found!r}, not {expected!r}")
            time.sleep(0.05)

    def log(self):
        with open(os.path.join(self.folder, "log"), encoding="utf-8", errors="replace") as file:
            return file.read()[-2000:]

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.out)
        os.close(self.input)
        shutil.rmtree(self.folder, ignore_errors=True)
