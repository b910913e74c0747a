// Real programs in the real sandbox. Where a machine cannot start it these fail, with the line that
// says why: .ci/run needs bubblewrap and user namespaces.
#include "engine/sandbox/sandbox.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <filesystem>
#include <fstream>
#include <optional>
#include <vector>

#include "io/process/descriptor.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/living.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using engine::code_outcome;
using engine::code_result;
using namespace std::chrono_literals;

namespace {

[[maybe_unused]] const auto before = ::signal(SIGPIPE, SIG_IGN);  // as the program does

const std::string system_path = "/usr/bin:/bin";

// A limit that nothing here needs, and that all that we start inherits, wherever it goes: so that
// what is ours can be told from what others on the machine run.
const rlim_t mark = 500'000 + static_cast<rlim_t>(::getpid());
[[maybe_unused]] const bool marked = [] {
  rlimit queue{};
  ::getrlimit(RLIMIT_MSGQUEUE, &queue);
  queue.rlim_cur = mark;
  return ::setrlimit(RLIMIT_MSGQUEUE, &queue) == 0;
}();

bool is_marked(const std::filesystem::path& process) {
  std::ifstream file(process / "limits");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("Max msgqueue size ")) continue;
    return std::stoull(line.substr(18)) == mark;
  }
  return false;
}

// All that run of what we started.
std::vector<pid_t> sandboxed() {
  std::vector<pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos || !is_marked(entry.path())) {
      continue;
    }
    const pid_t id = std::stoi(name);
    if (id != ::getpid() && test::is_alive(id)) found.push_back(id);
  }
  return found;
}

// The kernel ends the processes of a namespace after its first, in a time of its own.
bool nothing_is_left() {
  return test::eventually([] { return sandboxed().empty(); });
}

struct bench {
  io::asio::io_context context{1};
  std::optional<engine::sandbox> box;
  engine::code_limits limits;

  explicit bench(std::size_t places = 2) {
    limits.timeout = 120s;  // no end by the clock but where a test wants one
    auto opened = open(system_path, places);
    if (!opened) MESSAGE(opened.error().message);
    REQUIRE(opened.has_value());
    box.emplace(std::move(*opened));
  }

  result<engine::sandbox> open(const std::string& path, std::size_t places) {
    std::optional<result<engine::sandbox>> made;
    io::asio::co_spawn(
        context,
        [&]() -> io::awaitable<> {
          std::string where = path;
          auto opened =
              co_await engine::open_sandbox(context.get_executor(), places, std::move(where));
          made.emplace(std::move(opened));
        },
        io::asio::detached);
    drain();
    return std::move(*made);
  }

  // Begins a run; the result stands there once it is over.
  void begin(const std::string& code, const std::string& tests, code_result* to) {
    io::asio::co_spawn(
        context, [this, code, tests, to] { return carry(this, code, tests, to); },
        io::asio::detached);
  }
  static io::awaitable<> carry(bench* at, std::string code, std::string tests, code_result* to) {
    engine::sandbox* const in = &*at->box;
    auto done = co_await engine::run_code(in, std::move(code), std::move(tests), at->limits);
    *to = std::move(done);
  }
  void drain() {
    context.restart();
    context.run();
  }

  code_result run(const std::string& code, const std::string& tests = "assert True") {
    code_result found;
    begin(code, tests, &found);
    drain();
    return found;
  }
};

const std::string addition = "def add(a, b):\n    return a + b\n";

void check(const code_result& found, code_outcome outcome, const std::string& detail) {
  CHECK_MESSAGE(found.outcome == outcome, found.detail);
  CHECK_MESSAGE(found.detail.find(detail) != std::string::npos, found.detail);
}

}  // namespace

TEST_CASE("code passes where its tests do, and fails with what they say") {
  bench at;
  CHECK(at.box->note() == "");
  check(at.run(addition, "assert add(1, 2) == 3"), code_outcome::passed, "");
  check(at.run(addition, "assert add(1, 2) == 4"), code_outcome::failed,
        "AssertionError (tests, line 1: assert add(1, 2) == 4)");
  check(at.run("print(", "assert 1"), code_outcome::failed, "SyntaxError: '(' was never closed");
  check(at.run("def add(a, b):\n  return c", "add(1, 2)"), code_outcome::failed,
        "NameError: name 'c' is not defined (completion, line 2: return c)");
  check(at.run(""), code_outcome::passed, "");
}

TEST_CASE("tests are called as their kind is: a call, pytest's functions, unittest's cases") {
  bench at;
  const std::string cases =
      "import unittest\nclass T(unittest.TestCase):\n    def test(self):\n"
      "        self.assertEqual(add(1, 2), ";
  for (const auto& tests : {
           std::string("def check(f):\n    assert f(1, 2) == 3\ncheck(add)"),
           std::string("from solution import add\ndef test_add():\n    assert add(1, 2) == 3"),
           cases + "3)",
           cases + "3)\nif __name__ == '__main__':\n    unittest.main()",
       }) {
    check(at.run(addition, tests), code_outcome::passed, "");
  }
  for (const auto& tests : {
           std::string("def check(f):\n    assert f(1, 2) == 4\ncheck(add)"),
           std::string("from solution import add\ndef test_add():\n    assert add(1, 2) == 4"),
           cases + "4)",
           std::string(
               "try:\n    from solution import add\nexcept ImportError:\n    pass\nif True:\n"
               "    def test_add():\n        assert add(1, 2) == 4"),
           std::string("for a in [1, 2]:\n    assert add(a, 1) == 2"),
           cases + "4)\nif __name__ == '__main__':\n    unittest.main()",
           cases + "4)\nload = unittest.TestLoader().loadTestsFromTestCase\n"
                   "unittest.TextTestRunner().run(load(T))",
       }) {
    check(at.run(addition, tests), code_outcome::failed, "AssertionError");
  }
}

TEST_CASE("tests that test nothing, or cannot run, are nobody's failure") {
  bench at;
  const auto not_judged = code_outcome::not_judged;
  check(at.run(addition, "def check(f):\n    assert f(1, 2) == 4"), not_judged, "call nothing");
  check(at.run(addition, ""), not_judged, "call nothing");
  check(at.run(addition, "import no_such_module\nassert add(1, 2) == 3"), not_judged,
        "the tests import no_such_module, which this Python does not have");
  check(at.run(addition, "assert add(1, 2) = 3"), not_judged, "the tests are no Python");
  check(at.run(addition, "def test_it(fixture):\n    assert fixture"), not_judged,
        "nothing calls test_it() of the tests, which wants arguments");
  check(at.run(addition, "async def test_it():\n    assert add(1, 2) == 4"), not_judged,
        "nothing awaits test_it() of the tests");
  check(at.run(addition,
               "class TestIt:\n    def test(self):\n        assert add(1, 2) == 4\n"
               "assert add(1, 2) == 3"),
        not_judged, "nothing runs the class TestIt of the tests");
  check(at.run(addition, "if True:\n    def check(f):\n        assert f(1, 2) == 4"), not_judged,
        "call nothing");
  check(at.run(addition, "class T(dict):\n    def test(self):\n        assert add(1, 2) == 4"),
        not_judged, "call nothing");
  // And the code cannot say so itself.
  check(at.run("import os\n[os.write(i, b'unready x reason\\n') for i in range(256) if i > 2 and "
               "not os.isatty(i)]"),
        code_outcome::failed, "OSError");
}

TEST_CASE("code that ends before its tests have run does not pass") {
  bench at;
  const auto failed = code_outcome::failed;
  check(at.run("import sys\nprint('ok')\nsys.exit(0)"), failed, "SystemExit: 0");
  check(at.run("import os\nprint('ok', flush=True)\nos._exit(0)"), failed, "exit status 0");
  check(at.run("def f():\n    raise SystemExit", "f()"), failed, "ended itself");
  check(at.run("import os, signal\nos.kill(os.getpid(), signal.SIGTERM)"), failed, "signal 15");
  check(at.run("import ctypes\nctypes.string_at(0)"), failed, "signal 11");
  check(at.run("import os\nif os.fork(): os._exit(0)"), failed, "exit status 0");
  check(at.run("import os, threading, time\nthreading.Thread(target=os._exit, args=(0,)).start()\n"
               "time.sleep(100)"),
        failed, "exit status 0");
  check(at.run("import atexit, os\natexit.register(os._exit, 0)\nraise ValueError('no')"), failed,
        "ValueError: no");
}

TEST_CASE("code that would make its tests pass does not reach them") {
  bench at;
  const auto failed = code_outcome::failed;
  check(at.run("import builtins\nbuiltins.all = lambda x: True", "assert all([False])"), failed,
        "AssertionError");
  check(at.run("import sys\nsys.excepthook = lambda *a: None", "assert False"), failed,
        "Assertion");
  check(at.run("AssertionError = ZeroDivisionError", "assert False"), failed, "AssertionError");
  check(at.run("import builtins\nbuiltins.AssertionError = KeyError\n", "assert False"), failed,
        "AssertionError");
  // A trace that leaps over every line, as far as it is set before the tests.
  check(at.run("import sys\ndef leap(frame, event, arg):\n    frame.f_trace_lines = False\n"
               "    return leap\nsys.settrace(leap)",
               "assert False"),
        failed, "AssertionError");
  check(at.run("import os\nfor i in range(3, 256):\n    try: os.write(i, b'passed\\n')\n"
               "    except OSError: pass\nos._exit(0)"),
        failed, "ended before");
}

TEST_CASE("a loop without an end, a sleeper and a waiter are timed out") {
  bench at;
  at.limits.timeout = 300ms;
  for (const auto* const code :
       {"while True: pass", "import time\ntime.sleep(1000)", "import os\nos.read(os.pipe()[0], 1)",
        "import signal\nfor s in set(signal.Signals) - {9, 19}: signal.signal(s, signal.SIG_IGN)\n"
        "while True: pass"}) {
    check(at.run(code), code_outcome::timed_out, "no end within 0.3 s");
  }
  CHECK(nothing_is_left());
}

TEST_CASE("memory, output and files are bounded") {
  bench at;
  check(at.run("x = bytearray(4 << 30)"), code_outcome::out_of_memory, "MemoryError");
  check(at.run("x = []\nwhile True: x.append(bytes(1 << 20))"), code_outcome::out_of_memory,
        "MemoryError");
  check(at.run("import sys\nwhile True: sys.stdout.write('x' * 100000)"),
        code_outcome::output_too_large, "too much");
  check(at.run("import sys\nwhile True: sys.stderr.write('x' * 100000)"),
        code_outcome::output_too_large, "too much");
  check(at.run("f = open('/tmp/f', 'wb')\nwhile True: f.write(bytes(1 << 20))"),
        code_outcome::failed, "OSError");
  check(at.run("import os\nfor i in range(100):\n"
               "    with open('/tmp/%d' % i, 'wb') as f: f.write(bytes(1 << 20))"),
        code_outcome::failed, "No space left on device");
  check(at.run("import os\nos.memfd_create('x')"), code_outcome::failed, "PermissionError");
}

TEST_CASE("a fork bomb has few children, and none of them is left") {
  bench at;
  at.limits.timeout = 1s;
  check(at.run("import os\nwhile True: os.fork()"), code_outcome::failed, "BlockingIOError");
  const code_result stubborn =
      at.run("import os\nwhile True:\n    try: os.fork()\n    except OSError: pass");
  check(stubborn, code_outcome::timed_out, "");
  CHECK(nothing_is_left());
}

TEST_CASE("code sees no file, no variable and no process of ours") {
  bench at;
  ::setenv("RETORT_TEST_KEY", "secret", 1);
  const test::temporary_directory where;
  const std::string ours = where.file("ours", "secret");
  const auto passed = code_outcome::passed;
  check(at.run("import os\nassert 'secret' not in str(os.environ), os.environ"), passed, "");
  check(at.run("import os\nprint(os.listdir('/proc'))"), code_outcome::failed, "FileNotFoundError");
  for (const std::string path : {"/etc/passwd", "/etc/shadow", "/proc/1/environ", "/sys/kernel",
                                 "/root", "/home", "/work", ours.c_str()}) {
    check(at.run("open('" + path + "')"), code_outcome::failed, "FileNotFoundError");
  }
  check(at.run("import os\nassert set(os.listdir('/')) <= {'usr', 'bin', 'sbin', 'lib', 'lib32', "
               "'lib64', 'libx32', 'etc', 'dev', 'tmp'}, os.listdir('/')\n"
               "assert not os.listdir('/tmp')\n"
               "assert set(os.listdir('/etc')) <= {'ld.so.cache', 'alternatives'}"),
        passed, "");
  check(at.run("import os\nassert os.getuid() == 1000 and os.uname().nodename == 'sandbox'"),
        passed, "");
  ::unsetenv("RETORT_TEST_KEY");
}

TEST_CASE("code writes to its temporary directories and nowhere else") {
  bench at;
  for (const auto* const path : {"/x", "/usr/x", "/etc/x", "/dev/x", "/usr/lib/python3/x"}) {
    check(at.run(std::string("open('") + path + "', 'w')"), code_outcome::failed, "Read-only");
  }
  check(at.run("open('/tmp/x', 'w').write('x')"), code_outcome::passed, "");
  CHECK_FALSE(std::filesystem::exists("/tmp/x"));
  check(at.run("assert not __import__('os').path.exists('/tmp/x')"), code_outcome::passed, "");
}

TEST_CASE("code has no network, not even the machine's own") {
  bench at;
  const io::descriptor server(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  REQUIRE(::bind(server.number(), reinterpret_cast<sockaddr*>(&address), size) == 0);
  REQUIRE(::listen(server.number(), 1) == 0);
  ::getsockname(server.number(), reinterpret_cast<sockaddr*>(&address), &size);
  const std::string port = std::to_string(::ntohs(address.sin_port));
  check(at.run("import socket\nsocket.create_connection(('127.0.0.1', " + port + "))"),
        code_outcome::failed, "Error");
  check(at.run("import socket\nsocket.create_connection(('192.0.2.1', 80))"), code_outcome::failed,
        "unreachable");
}

TEST_CASE("code has no descriptor of ours, nor of bubblewrap's, and cannot make namespaces") {
  bench at;
  const io::descriptor leaky(::open("/etc/passwd", O_RDONLY));
  const io::descriptor high(::fcntl(leaky.number(), F_DUPFD, 90));
  check(at.run(
            "import os, subprocess\n"
            "def there(fd):\n    try: os.fstat(fd); return True\n    except OSError: return False\n"
            "assert not [fd for fd in range(3, 100) if there(fd)]\n"
            "out = subprocess.run(['sh', '-c', 'for i in 3 4 5 6 7 8 9; do (: <&$i) 2>/dev/null "
            "&& echo $i; done; true'], capture_output=True, close_fds=False)\n"
            "assert out.stdout == b'', out"),
        code_outcome::passed, "");
  check(at.run("import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"
               "assert libc.unshare(0x10000000) == -1 and ctypes.get_errno() == 1\n"
               "assert libc.ptrace(0, 0, 0, 0) == -1 and ctypes.get_errno() == 1"),
        code_outcome::passed, "");
}

TEST_CASE(
    "who outlives its parent dies with the sandbox, and a signal to all meets nobody of ours") {
  bench at;
  const std::string daemon =
      "import os, time\n"
      "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
      "        for fd in range(0, 256):\n            try: os.close(fd)\n"
      "            except OSError: pass\n        time.sleep(1000)\n    os._exit(0)\nos.wait()\n";
  check(at.run(daemon), code_outcome::passed, "");
  CHECK(nothing_is_left());
  check(at.run("import os\nos.kill(-1, 9)"), code_outcome::failed, "ProcessLookupError");
  check(at.run("import os\nfor pid in range(2, 1000):\n    try: os.kill(pid, 9)\n"
               "    except ProcessLookupError: pass"),
        code_outcome::failed, "signal 9");
  check(at.run("import os\nos.kill(1, 9)\nos.killpg(0, 9)"), code_outcome::failed, "signal 9");
}

TEST_CASE("input has an end, threads and processes work within bounds") {
  bench at;
  check(at.run("input()"), code_outcome::failed, "EOFError");
  check(at.run("import threading\nt = threading.Thread(target=lambda: None)\nt.start()\nt.join()"),
        code_outcome::passed, "");
  check(at.run("import multiprocessing\n"
               "def work(x): return x * x\n",
               "with multiprocessing.get_context('fork').Pool(2) as p:\n"
               "    assert p.map(work, [1, 2, 3]) == [1, 4, 9]"),
        code_outcome::passed, "");
  check(at.run("import subprocess\nassert subprocess.check_output(['echo', 'x']) == b'x\\n'"),
        code_outcome::passed, "");
}

TEST_CASE("so many run at a time, and the others wait in line") {
  bench at(2);
  std::vector<code_result> found(12);
  for (auto& one : found) at.begin(addition, "assert add(1, 2) == 3", &one);
  at.drain();
  for (const auto& one : found) check(one, code_outcome::passed, "");
}

TEST_CASE("a stop ends what runs and what waits, and leaves nothing") {
  bench at(2);
  std::vector<code_result> found(5, {code_outcome::passed, ""});
  for (auto& one : found) at.begin("import time\ntime.sleep(1000)", "pass", &one);
  at.context.restart();
  while (sandboxed().size() < 2 && at.context.run_one_for(1s) > 0) continue;
  at.box->stop();
  at.drain();
  for (const auto& one : found) check(one, code_outcome::stopped, "");
  CHECK(nothing_is_left());
  CHECK_FALSE(test::has_children());
  check(at.run("x = 1"), code_outcome::stopped, "");
}

TEST_CASE("a loop that goes in the middle of a run leaves nothing") {
  const std::size_t open = test::open_descriptors();
  code_result found;
  {
    bench at;
    at.begin("import os, time\nos.fork()\ntime.sleep(1000)", "assert 1", &found);
    at.context.restart();
    while (sandboxed().size() < 2 && at.context.run_one_for(1s) > 0) continue;
  }
  CHECK(nothing_is_left());
  CHECK_FALSE(test::has_children());
  CHECK(test::open_descriptors() == open);
}

TEST_CASE("two hundred hostile programs in a row leave nothing behind") {
  bench at(2);
  at.limits.timeout = 500ms;
  const std::vector<std::string> hostile{
      "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
      "while True: pass",
      "import sys\nwhile True: sys.stdout.write('x' * 1000000)",
      "x = bytearray(4 << 30)",
      "raise SystemExit(open('/etc/passwd').read())",
      "import socket\nsocket.create_connection(('192.0.2.1', 80))",
      "open('/usr/x', 'w')",
      "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0: "
      "time.sleep(1000)\n"
      "    os._exit(0)\nos.wait()\nos._exit(0)",
      "import os\nos.kill(-1, 9)",
      "import os\nassert 'KEY' in os.environ",
  };
  const std::size_t open = test::open_descriptors();
  std::vector<code_result> found(200, {code_outcome::passed, ""});
  for (std::size_t i = 0; i < found.size(); ++i) {
    at.begin(hostile[i % hostile.size()], "assert True", &found[i]);
  }
  at.drain();
  for (const auto& one : found) {
    CHECK_MESSAGE(one.outcome != code_outcome::passed, one.detail);
    CHECK_MESSAGE(one.outcome != code_outcome::not_judged, one.detail);
    CHECK_MESSAGE(one.outcome != code_outcome::stopped, one.detail);
  }
  CHECK(nothing_is_left());
  CHECK_FALSE(test::has_children());
  CHECK(test::open_descriptors() == open);
}

TEST_CASE("a Python that does not run in the sandbox is passed over, and told") {
  const test::temporary_directory where;
  const std::string broken = where.file("python3", "#!/bin/sh\nexit 1\n");
  std::filesystem::permissions(broken, std::filesystem::perms::all);
  bench at;
  auto opened = at.open(where.path() + ":/usr/bin", 1);
  REQUIRE(opened.has_value());
  CHECK(opened->note() ==
        "code: " + broken + " does not run in the sandbox: it does not say what it is");
}

TEST_CASE("a bubblewrap that cannot start is one line, before anything runs") {
  const test::temporary_directory where;
  const std::string fake = where.file(
      "bwrap", "#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n");
  std::filesystem::permissions(where.path(), std::filesystem::perms::all);
  std::filesystem::permissions(fake, std::filesystem::perms::all);
  bench at;
  const auto opened = at.open(where.path() + ":/usr/bin", 1);
  REQUIRE(opened.has_error());
  CHECK(opened.error().code == errc::usage);
  CHECK(opened.error().message.starts_with(
      "code: bubblewrap cannot start (the sandbox did not start: bwrap: setting up uid map: "
      "Permission denied); what it needs: "));
}
