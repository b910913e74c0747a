#include "engine/sandbox/python_choice.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "tests/support/temporary_directory.hpp"

using namespace retort;

TEST_CASE("every python3 of PATH is tried in its order, each once, and the system's last") {
  const test::temporary_directory where;
  const std::string own = where.file("bin/python3", "");
  std::filesystem::permissions(own, std::filesystem::perms::all);
  const std::string bin = where.path() + "/bin";
  CHECK(engine::pythons_in(bin + ":/no/such:" + bin) ==
        std::vector<std::string>{own, "/usr/bin/python3"});
  CHECK(engine::pythons_in("") == std::vector<std::string>{"/usr/bin/python3"});
}

TEST_CASE("a Python's directories are shown, but for one that holds ours") {
  const std::vector<std::string> ours{"/home/ann", "/home/ann/project"};
  const auto venv = engine::read_python(
      "/home/ann/project/venv/bin/python3\n3.11.2\n/home/ann/project/venv\n/usr\n/usr/bin\n", ours);
  REQUIRE(venv.has_value());
  CHECK(venv->call.path == "/home/ann/project/venv/bin/python3");
  CHECK(venv->call.directories == std::vector<std::string>{"/home/ann/project/venv"});
  CHECK(venv->name == "/home/ann/project/venv/bin/python3 (3.11.2)");
  for (const std::string directory : {"/", "/home", "/home/ann", "/home/ann/project"}) {
    const auto shown = engine::read_python("/x/python3\n3.11.2\n" + directory + "\n", ours);
    REQUIRE(shown.has_error());
    CHECK(shown.error().message == directory + ", its directory, holds other files too");
  }
  CHECK(engine::read_python("/x/python3\n3.11.2\n/home/an\n", ours).has_value());
  CHECK(engine::read_python("", ours).has_error());
}
