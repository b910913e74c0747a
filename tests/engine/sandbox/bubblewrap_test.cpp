#include "engine/sandbox/bubblewrap.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace retort;

namespace {

// Whether the words stand there side by side.
bool has(const std::vector<std::string>& all, const std::vector<std::string>& words) {
  return std::ranges::search(all, words).begin() != all.end();
}

}  // namespace

TEST_CASE("bubblewrap is told to share nothing but the system's programs, read-only") {
  const auto words = engine::bubblewrap_words("/usr/bin/bwrap", {{"/bin", "usr/bin"}, {"/lib", ""}},
                                              {"/opt/py/bin/python3", {"/opt/py"}},
                                              {"/opt/py/bin/python3", "-c", "pass"});
  CHECK(words.front() == "/usr/bin/bwrap");
  for (const auto* const kind : {"user", "pid", "ipc", "net", "uts", "cgroup-try"}) {
    CHECK(has(words, {std::string("--unshare-") + kind}));
  }
  CHECK(has(words, {"--clearenv"}));
  CHECK(has(words, {"--die-with-parent"}));
  CHECK(has(words, {"--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin", "--ro-bind",
                    "/lib", "/lib"}));
  CHECK(has(words, {"--ro-bind", "/opt/py", "/opt/py"}));
  CHECK(has(words, {"--remount-ro", "/"}));
  CHECK(has(words, {"--", "/opt/py/bin/python3", "-c", "pass"}));
  CHECK_FALSE(has(words, {"--bind"}));
  CHECK_FALSE(has(words, {"--proc"}));
  // What is mounted later is not covered by the root's being read-only.
  CHECK(std::ranges::find(words, "--remount-ro") > std::ranges::find(words, "--tmpfs"));
}

TEST_CASE("the first process inside is known once bubblewrap has said all") {
  CHECK(engine::first_process("{\n    \"child-pid\": 4711\n}\n") == 4711);
  CHECK(engine::first_process("{\n    \"child-pid\": 4711,\n    \"cgroup-namespace\": 1\n}") ==
        4711);
  CHECK(engine::first_process("{\n    \"child-pid\": 47") == 0);
  CHECK(engine::first_process("") == 0);
  CHECK(engine::first_process("{}") == 0);
}

TEST_CASE("whether a user namespace has a user is told by its map") {
  CHECK(engine::maps_user("         0          0 4294967295\n", 65534));
  CHECK_FALSE(engine::maps_user("         0       1000          1\n", 65534));
  CHECK(engine::maps_user("0 1000 1\n1 100000 65536", 65534));
  CHECK_FALSE(engine::maps_user("0 1000 1\n1 100000 65533", 65534));
  CHECK_FALSE(engine::maps_user("", 65534));
}

TEST_CASE("what a machine lacks is told with what to do about it") {
  const std::string start = "code: bubblewrap cannot start (bwrap: no); what it needs: ";
  CHECK(engine::cannot_start("bwrap: no\n", {"0", "100", ""}) ==
        start + "sysctl kernel.unprivileged_userns_clone=1");
  CHECK(engine::cannot_start("bwrap: no", {"1", "0", ""}) ==
        start + "sysctl user.max_user_namespaces=10000");
  CHECK(engine::cannot_start("bwrap: no", {"", "100", "1"}) ==
        start + "sysctl kernel.apparmor_restrict_unprivileged_userns=0");
  CHECK(engine::cannot_start("bwrap: no", {"", "100", ""})
            .starts_with(start + "in a container, one that may make user namespaces"));
}
